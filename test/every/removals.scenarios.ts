import { randomUUID } from 'node:crypto';
import { plantDirectly } from '../kit/forest.ts';
import { type Caller, call, enlist, ensureMspMode, type Msp } from '../kit/world.ts';
import { buyer, shelf, stockProduct } from '../licensing/shelf.ts';
import type { Scenarios } from './scenarios.ts';

/** A customer to be removed, with an administrator. */
async function leaving(msp: Msp): Promise<{ id: string; admin: Caller }> {
  await ensureMspMode(msp);
  const { id } = await plantDirectly(msp.catalog);
  return { id, admin: await enlist(id, ['CUSTOMER_ADMINISTRATOR']) };
}

const plan = async (msp: Msp, id: string): Promise<string> => {
  const { body } = await call(`POST /v1/customers/${id}/removal-plans`, {
    as: msp.catalog,
    body: { licences: 'return-to-pool' },
  });
  return body.id;
};

const execute = (msp: Msp, removalId: string) =>
  call(`POST /v1/removal-plans/${removalId}/execution`, { as: msp.catalog });

export const removals: Scenarios = {
  openAccount: ({ msp }) => ({
    line: 'POST /v1/accounts',
    as: msp.operator,
    body: {
      name: `Alone ${randomUUID().slice(0, 8)}`,
      email: 'office@alone.example.com',
      administrator: { name: 'Ada Alone', email: `ada.${randomUUID()}@alone.example.com` },
    },
  }),
  listAccounts: ({ msp }) => ({ line: 'GET /v1/accounts?limit=2', as: msp.operator }),
  planRemoval: async ({ msp }) => {
    const { id } = await leaving(msp);
    const body = { licences: 'customer-buys', deadline: 30 };
    return { line: `POST /v1/customers/${id}/removal-plans`, as: msp.catalog, body };
  },
  getRemoval: async ({ msp }) => {
    const { id } = await leaving(msp);
    return { line: `GET /v1/removal-plans/${await plan(msp, id)}`, as: msp.catalog };
  },
  executeRemoval: async ({ msp }) => {
    const { id } = await leaving(msp);
    return { line: `POST /v1/removal-plans/${await plan(msp, id)}/execution`, as: msp.catalog };
  },
  listRemovalReports: async ({ msp }) => {
    const { id, admin } = await leaving(msp);
    await execute(msp, await plan(msp, id));
    return { line: 'GET /v1/removal-reports', as: admin };
  },
  buyOwnLicence: async ({ msp }) => {
    const { id, admin } = await leaving(msp);
    const product = await stockProduct(msp);
    await shelf(msp, id, product).give({ source: 'TRIAL' });
    await execute(msp, await plan(msp, id));
    return {
      line: 'POST /v1/subscriptions',
      as: admin,
      body: { source: 'PURCHASE', productId: product.id, seats: 5, termDays: 365, purchaser: buyer },
    };
  },
  listOwnLicences: ({ customer }) => ({ line: 'GET /v1/subscriptions', as: customer.admin }),
};
