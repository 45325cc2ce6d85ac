import { randomUUID } from 'node:crypto';
import { any, finishProvisioning, plantDirectly, plantReseller, quick } from '../kit/forest.ts';
import { addCompany, call, makeMsp } from '../kit/world.ts';
import { plantCustomers } from './planting.ts';
import type { Scenarios, Stage } from './scenarios.ts';

const first = { 'if-match': '"1"' };

async function customerOf({ msp }: Stage, administrators = 1) {
  const company = await addCompany(msp, { people: administrators + 1 });
  const { body } = await call('POST /v1/customers', {
    as: msp.catalog,
    body: {
      companyId: company.id,
      accountManagerEmail: 'manager@msp.example.com',
      administrators: company.people.slice(0, administrators).map(({ id }) => id),
    },
  });
  return { path: `/v1/customers/${body.id}`, people: company.people };
}

const turn = async (msp: Stage['msp'], what: string) => ({
  line: `POST /v1/customers/${(await plantDirectly(msp.catalog)).id}/${what}`,
  as: msp.catalog,
});

export const customers: Scenarios = {
  createCustomer: async ({ msp }) => {
    const { id, people } = await addCompany(msp);
    const body = {
      companyId: id,
      accountManagerEmail: 'manager@msp.example.com',
      administrators: people.map((one) => one.id),
    };
    return { line: 'POST /v1/customers', as: msp.catalog, body };
  },
  listCustomers: async () => {
    const msp = await makeMsp();
    await plantCustomers(msp.id, 100);
    return { line: 'GET /v1/customers', as: msp.reader };
  },
  'createCustomer: directly': ({ msp }) => ({ line: 'POST /v1/customers', as: msp.catalog, body: quick() }),
  'createCustomer: below a reseller': async ({ msp }) => ({
    line: 'POST /v1/customers',
    as: (await plantReseller(msp)).admin,
    body: quick(),
  }),
  'listCustomers: of a reseller': async ({ msp }) => ({
    line: `GET /v1/customers?parentId=${(await plantReseller(msp)).id}`,
    as: msp.reader,
  }),
  listSubtree: async ({ msp }) => ({
    line: `GET /v1/customers/${(await plantReseller(msp)).id}/subtree`,
    as: msp.reader,
  }),
  provisionCustomer: async ({ msp }) => turn(msp, 'provision'),
  deprovisionCustomer: async ({ msp }) => {
    const { id } = await plantDirectly(msp.catalog);
    await call(`POST /v1/customers/${id}/provision`, { as: msp.catalog });
    await finishProvisioning(id, 'Provisioned');
    return { line: `POST /v1/customers/${id}/deprovision`, as: msp.catalog };
  },
  disableCustomer: async ({ msp }) => turn(msp, 'disable'),
  'disableCustomer: a reseller': async ({ msp }) => ({
    line: `POST /v1/customers/${(await plantReseller(msp)).id}/disable`,
    as: msp.catalog,
  }),
  enableCustomer: async ({ msp }) => {
    const { id } = await plantDirectly(msp.catalog);
    await call(`POST /v1/customers/${id}/disable`, { as: msp.catalog });
    return { line: `POST /v1/customers/${id}/enable`, as: msp.catalog };
  },
  deleteCustomer: async ({ msp }) => ({
    line: `DELETE /v1/customers/${(await plantDirectly(msp.catalog)).id}`,
    as: msp.catalog,
    headers: first,
  }),
  getArchivedCustomer: async ({ msp }) => {
    const { id } = await plantDirectly(msp.catalog);
    await call(`DELETE /v1/customers/${id}`, { as: msp.catalog, headers: first });
    return { line: `GET /v1/archived-customers/${id}`, as: msp.reader };
  },
  getEffectiveSettings: ({ msp, customer }) => ({
    line: `GET /v1/customers/${customer.id}/effective-settings`,
    as: msp.reader,
  }),
  changeSettings: async ({ msp }) => ({
    line: `PATCH /v1/customers/${(await plantDirectly(msp.catalog)).id}/settings`,
    as: msp.catalog,
    body: { locale: 'de' },
    headers: first,
  }),
  getDefaultSettings: ({ msp }) => ({
    line: `GET /v1/providers/${msp.id}/default-settings`,
    as: msp.reader,
  }),
  changeDefaultSettings: async () => {
    const msp = await makeMsp();
    const line = `PATCH /v1/providers/${msp.id}/default-settings`;
    return { line, as: msp.catalog, body: { locale: 'de' }, headers: { 'if-match': '"0"' } };
  },
  moveCustomer: async () => {
    const msp = await makeMsp();
    const [from, to] = [await plantReseller(msp), await plantReseller(msp)];
    return { line: `POST /v1/customers/${from.id}/move`, as: msp.catalog, body: { parentId: to.id } };
  },
  getMove: async () => {
    const msp = await makeMsp();
    const [from, to] = [await plantReseller(msp), await plantReseller(msp)];
    const body = { parentId: to.id };
    const moved = await call(`POST /v1/customers/${from.id}/move`, { as: msp.catalog, body });
    return { line: `GET ${moved.headers.location}`, as: msp.catalog };
  },
  provisionResellerService: async (stage) => ({
    line: `PUT ${(await customerOf(stage)).path}/reseller-service`,
    as: stage.msp.catalog,
    headers: first,
  }),
  removeResellerService: async ({ msp }) => ({
    line: `DELETE /v1/customers/${(await plantReseller(msp)).id}/reseller-service`,
    as: msp.catalog,
    headers: any,
  }),
  getCustomer: ({ msp, customer }) => ({ line: `GET /v1/customers/${customer.id}`, as: msp.reader }),
  updateCustomer: async (stage) => ({
    line: `PATCH ${(await customerOf(stage)).path}`,
    as: stage.msp.catalog,
    body: { city: 'Vienna' },
    headers: first,
  }),
  'updateCustomer: another name': async (stage) => ({
    line: `PATCH ${(await customerOf(stage)).path}`,
    as: stage.msp.catalog,
    body: { name: `Renamed ${randomUUID().slice(0, 8)}` },
    headers: first,
  }),
  listAdministrators: async (stage) => ({
    line: `GET ${(await customerOf(stage, 3)).path}/administrators`,
    as: stage.msp.reader,
  }),
  getAdministrator: ({ msp, customer }) => ({
    line: `GET /v1/customers/${customer.id}/administrators/${customer.admin.person}`,
    as: msp.reader,
  }),
  addAdministrator: async (stage) => {
    const { path, people } = await customerOf(stage);
    const body = { personId: people.at(-1)?.id };
    return { line: `POST ${path}/administrators`, as: stage.msp.catalog, body };
  },
  removeAdministrator: async (stage) => {
    const { path, people } = await customerOf(stage, 2);
    const line = `DELETE ${path}/administrators/${people[0]?.id}`;
    return { line, as: stage.msp.catalog, headers: first };
  },
};
