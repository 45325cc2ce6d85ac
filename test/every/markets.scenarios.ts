import { randomUUID } from 'node:crypto';
import { any, plantAssignment, plantItem } from '../catalog/bazaar.ts';
import { plantCustomer, plantEndUser } from '../kit/plant.ts';
import { type Answer, call } from '../kit/world.ts';
import type { Request, Scenarios, Stage } from './scenarios.ts';

const at = ({ customer }: Stage) => `/v1/customers/${customer.id}`;
const name = () => `Market ${randomUUID().slice(0, 8)}`;

async function assigned({ msp, customer }: Stage): Promise<string> {
  const id = await plantItem(msp);
  await plantAssignment(customer.id, id);
  return id;
}

async function opened(stage: Stage, more: Record<string, unknown> = {}): Promise<Answer> {
  const body = { name: name(), everyone: true, items: [await assigned(stage)], ...more };
  return call(`POST ${at(stage)}/marketplaces`, { as: stage.customer.admin, body });
}

/** A customer of its own with an end user and items that everyone there may have. */
async function shop({ msp }: Stage, items: number) {
  const { id } = await plantCustomer(msp.id);
  await call(`PUT /v1/customers/${id}/full-view`, { as: msp.catalog, headers: any, body: { on: true } });
  const found: string[] = [];
  for (let index = 0; index < items; index++) {
    found.push(await plantItem(msp));
    await plantAssignment(id, found[index] ?? '');
  }
  return { id, as: await plantEndUser(msp.id, id), items: found };
}

const filters = [{ all: [{ attribute: 'company', op: 'PRESENT' }] }];

async function gathered(stage: Stage): Promise<Answer> {
  return call(`POST ${at(stage)}/dynamic-groups`, { as: stage.customer.admin, body: group() });
}

const group = () => ({ name: name(), filters });

export const markets: Scenarios = {
  createDynamicGroup: (stage) => ({
    line: `POST ${at(stage)}/dynamic-groups`,
    as: stage.customer.admin,
    body: group(),
  }),
  listDynamicGroups: async (stage) => {
    await gathered(stage);
    return { line: `GET ${at(stage)}/dynamic-groups?q=market`, as: stage.customer.admin };
  },
  getDynamicGroup: async (stage) => ({
    line: `GET ${at(stage)}/dynamic-groups/${(await gathered(stage)).body.id}`,
    as: stage.customer.admin,
  }),
  changeDynamicGroup: async (stage) => ({
    line: `PATCH ${at(stage)}/dynamic-groups/${(await gathered(stage)).body.id}`,
    as: stage.customer.admin,
    headers: any,
    body: { filters: [...filters, ...filters] },
  }),
  'changeDynamicGroup: that a marketplace names': async (stage) => {
    const { id } = (await gathered(stage)).body;
    await opened(stage, { dynamicGroups: [id] });
    return {
      line: `PATCH ${at(stage)}/dynamic-groups/${id}`,
      as: stage.customer.admin,
      headers: any,
      body: { filters: [...filters, ...filters] },
    };
  },
  deleteDynamicGroup: async (stage) => ({
    line: `DELETE ${at(stage)}/dynamic-groups/${(await gathered(stage)).body.id}`,
    as: stage.customer.admin,
    headers: any,
  }),
  listDynamicGroupMembers: async (stage) => ({
    line: `GET ${at(stage)}/dynamic-groups/${(await gathered(stage)).body.id}/members`,
    as: stage.customer.admin,
  }),
  createMarketplace: async (stage) => ({
    line: `POST ${at(stage)}/marketplaces`,
    as: stage.customer.admin,
    body: { name: name(), everyone: true, items: [await assigned(stage)] },
  }),
  'createMarketplace: for those who pass a filter': async (stage) => ({
    line: `POST ${at(stage)}/marketplaces`,
    as: stage.customer.admin,
    body: { name: name(), filters, items: [await assigned(stage)] },
  }),
  'createMarketplace: for a dynamic group': async (stage) => ({
    line: `POST ${at(stage)}/marketplaces`,
    as: stage.customer.admin,
    body: {
      name: name(),
      dynamicGroups: [(await gathered(stage)).body.id],
      items: [await assigned(stage)],
    },
  }),
  listMarketplaces: async (stage) => {
    await opened(stage);
    return { line: `GET ${at(stage)}/marketplaces?q=market`, as: stage.customer.admin };
  },
  getMarketplace: async (stage) => {
    const { body } = await opened(stage);
    return { line: `GET ${at(stage)}/marketplaces/${body.id}`, as: stage.customer.admin };
  },
  changeMarketplace: async (stage) => ({
    line: `PATCH ${at(stage)}/marketplaces/${(await opened(stage)).body.id}`,
    as: stage.customer.admin,
    headers: any,
    body: { name: name() },
  }),
  'changeMarketplace: its items': async (stage) => ({
    line: `PATCH ${at(stage)}/marketplaces/${(await opened(stage)).body.id}`,
    as: stage.customer.admin,
    headers: any,
    body: { items: [await assigned(stage)] },
  }),
  deleteMarketplace: async (stage) => ({
    line: `DELETE ${at(stage)}/marketplaces/${(await opened(stage)).body.id}`,
    as: stage.customer.admin,
    headers: any,
  }),
  previewMarketplace: (stage) => ({
    line: `POST ${at(stage)}/marketplace-previews`,
    as: stage.customer.admin,
    body: { filters },
  }),
  getCatalogueOperation: async (stage) => {
    const { headers } = await opened(stage, { everyone: false, filters });
    return { line: `GET ${headers.location}`, as: stage.customer.admin };
  },
  enrolEndUsers: (stage) => ({ line: `POST ${at(stage)}/enrolments`, as: stage.customer.admin }),
  getFullView: (stage) => ({ line: `GET ${at(stage)}/full-view`, as: stage.customer.admin }),
  switchFullView: async ({ msp }): Promise<Request> => {
    const { id } = await plantCustomer(msp.id);
    const itemId = await plantItem(msp);
    await plantAssignment(id, itemId);
    return { line: `PUT /v1/customers/${id}/full-view`, as: msp.catalog, headers: any, body: { on: true } };
  },
  restrictItem: async (stage) => ({
    line: `PUT ${at(stage)}/restricted-items/${await assigned(stage)}`,
    as: stage.msp.catalog,
  }),
  unrestrictItem: async (stage) => {
    const path = `${at(stage)}/restricted-items/${await assigned(stage)}`;
    await call(`PUT ${path}`, { as: stage.msp.catalog });
    return { line: `DELETE ${path}`, as: stage.msp.catalog };
  },
  listRestrictedItems: (stage) => ({ line: `GET ${at(stage)}/restricted-items`, as: stage.customer.admin }),
  getEntitlements: async (stage) => {
    const { person } = await plantEndUser(stage.msp.id, stage.customer.id);
    const query = `?customerId=${stage.customer.id}`;
    return { line: `GET /v1/people/${person}/entitlements${query}`, as: stage.msp.catalog };
  },
  listCatalogue: async (stage) => ({ line: 'GET /v1/catalogue', as: (await shop(stage, 2)).as }),
  getCatalogueItem: async (stage) => {
    const { as, items } = await shop(stage, 1);
    return { line: `GET /v1/catalogue/${items[0]}`, as };
  },
};
