import { sealAll } from '../audit/sealing.ts';
import { call, makeMsp } from '../kit/world.ts';
import type { Scenarios } from './scenarios.ts';

const question = { kind: 'QUESTION', subject: 'Where is the invoice?', description: 'Of last month' };

/** A provider at which thirty things were done. */
async function busy() {
  const msp = await makeMsp();
  for (let index = 0; index < 30; index++) {
    await call('POST /v1/tickets', { as: msp.catalog, body: question });
  }
  return msp;
}

export const audit: Scenarios = {
  listAuditEvents: async () => ({ line: 'GET /v1/audit-events', as: (await busy()).system }),
  'listAuditEvents: of one person': async () => {
    const { system, catalog } = await busy();
    return { line: `GET /v1/audit-events?actor=${catalog.person}`, as: system };
  },
  'listAuditEvents: of one customer': ({ msp, customer }) => ({
    line: `GET /v1/audit-events?customerId=${customer.id}`,
    as: msp.system,
  }),
  getAuditEvent: async () => {
    const { system } = await busy();
    const { body } = await call('GET /v1/audit-events?limit=1', { as: system });
    return { line: `GET /v1/audit-events/${body.items[0].id}`, as: system };
  },
  'getAuditEvent: of one customer': async ({ msp, customer }) => {
    const path = '/v1/audit-events';
    const { body } = await call(`GET ${path}?limit=1&customerId=${customer.id}`, { as: msp.system });
    return { line: `GET ${path}/${body.items[0].id}?customerId=${customer.id}`, as: msp.system };
  },
  listAuditSeals: async () => {
    const { id, system } = await busy();
    await sealAll(id);
    return { line: 'GET /v1/audit-seals', as: system };
  },
  'listAuditSeals: of one customer': async ({ msp, customer }) => {
    await sealAll(customer.id);
    return { line: `GET /v1/audit-seals?customerId=${customer.id}`, as: msp.system };
  },
  exportAudit: async ({ customer }) => {
    await sealAll(customer.id);
    return { line: 'GET /v1/audit-export', as: customer.admin };
  },
  'exportAudit: of a whole tree': async () => {
    const { id, system } = await busy();
    await sealAll(id);
    return { line: 'GET /v1/audit-export', as: system };
  },
};
