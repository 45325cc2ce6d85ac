import { assign, bundle, draft, edit, of, publish, service, step } from '../catalog/desk.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { makeMsp } from '../kit/world.ts';
import type { Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };
const items = '/v1/catalogue/items';

/** A reseller that has a published item, and its customer. */
async function shop({ msp }: Stage) {
  const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
  const customer = await plantNode(reseller);
  const item = await publish(msp.catalog);
  await assign(msp.catalog, reseller.id, item);
  return { item, path: `/v1/customers/${customer.id}/catalogue/items/${item.body.id}`, customer };
}

/** A bundle of two services that are published. */
async function pack({ msp }: Stage) {
  const parts = await Promise.all([publish(msp.catalog), publish(msp.catalog)]);
  return bundle(
    msp.catalog,
    parts.map(({ body }) => ({ itemId: body.id, min: 1, max: 2 })),
  );
}

/** A provider whose catalogue holds three items. */
async function stocked() {
  const msp = await makeMsp();
  for (const name of ['Alpha', 'Beta', 'Gamma']) await publish(msp.catalog, { name });
  return msp.reader;
}

const search =
  (query: string): Scenarios[string] =>
  async () => ({ line: `GET ${items}${query}`, as: await stocked() });

const moved =
  (
    verb: 'submit' | 'publish' | 'unpublish' | 'reject',
    begin: (stage: Stage) => Promise<{ body: { id: string } }>,
  ): Scenarios[string] =>
  async (stage) => ({
    line: `POST ${items}/${(await begin(stage)).body.id}/${verb}`,
    as: stage.msp.catalog,
    ...(verb === 'reject' ? { body: { reason: 'Too dear' } } : {}),
  });

const drafting = ({ msp }: Stage) => draft(msp.catalog);
const submitted = async (stage: Stage) => step(stage.msp.catalog, await drafting(stage), 'submit');

export const catalog: Scenarios = {
  createCatalogueItem: ({ msp }) => ({
    line: `POST ${items}`,
    as: msp.catalog,
    body: service({ price: { base: 20, adjustments: [{ name: 'Rebate', amount: -5 }] } }),
  }),
  listCatalogueItems: search(''),
  'listCatalogueItems: by state and kind': search('?state=PUBLISHED&kind=SERVICE'),
  'listCatalogueItems: by category': search('?category=Mail'),
  showCatalogueItem: async (stage) => ({ line: `GET ${of(await drafting(stage))}`, as: stage.msp.reader }),
  editCatalogueItem: async (stage) => ({
    line: `PATCH ${of(await drafting(stage))}`,
    as: stage.msp.catalog,
    headers: any,
    body: { summary: 'Other words' },
  }),
  'editCatalogueItem: what is published': async ({ msp }) => ({
    line: `PATCH ${of(await publish(msp.catalog))}`,
    as: msp.catalog,
    headers: any,
    body: { summary: 'Other words' },
  }),
  removeCatalogueItem: async (stage) => ({
    line: `DELETE ${of(await drafting(stage))}`,
    as: stage.msp.catalog,
    headers: any,
  }),
  listCatalogueRevisions: async ({ msp }) => {
    const item = await publish(msp.catalog);
    await edit(msp.catalog, item, { summary: 'Other words' });
    return { line: `GET ${of(item)}/revisions`, as: msp.reader };
  },
  submitCatalogueItem: moved('submit', drafting),
  publishCatalogueItem: moved('publish', submitted),
  'publishCatalogueItem: a bundle': moved('publish', pack),
  rejectCatalogueItem: moved('reject', submitted),
  unpublishCatalogueItem: moved('unpublish', ({ msp }) => publish(msp.catalog)),
  importCatalogue: ({ msp }) => ({
    line: 'POST /v1/catalogue/imports?source=file',
    as: msp.catalog,
    text: 'name,category,price\nMailbox,Mail,25\n',
    headers: { 'content-type': 'text/csv' },
  }),
  exportCatalogue: async () => ({ line: 'GET /v1/catalogue.ndjson', as: await stocked() }),
  listAssignments: async (stage) => {
    const { path, item, customer } = await shop(stage);
    await assign(stage.msp.catalog, customer.id, item);
    return { line: `GET ${path.slice(0, path.lastIndexOf('/'))}`, as: stage.msp.reader };
  },
  getAssignment: async (stage) => {
    const { path, item, customer } = await shop(stage);
    await assign(stage.msp.catalog, customer.id, item);
    return { line: `GET ${path}`, as: stage.msp.reader };
  },
  assignItem: async (stage) => {
    const { id } = await plantNode(rootOf(stage.msp.id));
    const item = await publish(stage.msp.catalog);
    return { line: `PUT /v1/customers/${id}/catalogue/items/${item.body.id}`, as: stage.msp.catalog };
  },
  'assignItem: below a reseller': async (stage) => ({
    line: `PUT ${(await shop(stage)).path}`,
    as: stage.msp.catalog,
  }),
  unassignItem: async (stage) => {
    const { path, item, customer } = await shop(stage);
    await assign(stage.msp.catalog, customer.id, item);
    return { line: `DELETE ${path}`, as: stage.msp.catalog, headers: any };
  },
};
