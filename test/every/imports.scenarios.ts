import { plantImport, plantLink } from '../access/import-plant.ts';
import { makeAccount, terms } from '../access/import-scene.ts';
import type { Scenarios } from './scenarios.ts';

const elevenMinutes = 11 * 60_000;
const address = 'somebody@account.example.com';

export const imports: Scenarios = {
  askImport: ({ msp }) => ({
    line: 'POST /v1/customer-imports',
    as: msp.catalog,
    body: { email: address, ...terms, message: 'We spoke on Monday.' },
  }),
  listImports: async ({ msp }) => {
    await plantImport(msp.catalog, address);
    return { line: 'GET /v1/customer-imports?limit=5', as: msp.reader };
  },
  getImport: async ({ msp }) => {
    const { id } = await plantImport(msp.catalog, address);
    return { line: `GET /v1/customer-imports/${id}`, as: msp.reader };
  },
  resendImport: async ({ msp }) => {
    const { id } = await plantImport(msp.catalog, address, elevenMinutes);
    return { line: `POST /v1/customer-imports/${id}/resend`, as: msp.catalog };
  },
  cancelImport: async ({ msp }) => {
    const { id } = await plantImport(msp.catalog, address);
    return { line: `POST /v1/customer-imports/${id}/cancel`, as: msp.catalog };
  },
  answerImport: async ({ msp }) => {
    const account = await makeAccount();
    const { id } = await plantImport(msp.catalog, account.admin.email);
    const token = await plantLink(msp.catalog, account, id);
    return { line: 'POST /v1/customer-imports/confirmation', as: account.admin, body: { token } };
  },
  'answerImport: declining': async ({ msp }) => {
    const account = await makeAccount();
    const { id } = await plantImport(msp.catalog, account.admin.email);
    const token = await plantLink(msp.catalog, account, id);
    return {
      line: 'POST /v1/customer-imports/confirmation',
      as: account.admin,
      body: { token, decision: 'DECLINE', reason: 'Not now' },
    };
  },
};
