import { call } from '../kit/world.ts';
import { buyer, shelf, stockProduct } from '../licensing/shelf.ts';
import type { Request, Scenario, Scenarios, Stage } from './scenarios.ts';

const any = { 'if-match': '*' };
const unset = { 'if-match': '"0"' };

/** A product of the provider, and what a customer does with it. */
async function stocked({ msp, customer }: Stage) {
  const product = await stockProduct(msp, { mspLicence: true });
  return { msp, product, one: shelf(msp, customer.id, product) };
}

/** The same, with a licence of ten seats of which one is taken. */
async function licensed(stage: Stage) {
  const found = await stocked(stage);
  const { body } = await found.one.buy(10);
  await found.one.take('SN-0001');
  return { ...found, subscriptionId: String(body.id) };
}

type Licensed = Awaited<ReturnType<typeof licensed>>;
const read =
  (line: (found: Licensed) => string): Scenario =>
  async (stage) => ({ line: `GET ${line(await licensed(stage))}`, as: stage.msp.reader });

const change =
  (line: (found: Licensed) => string, more: Partial<Request> = {}): Scenario =>
  async (stage) => ({ line: line(await licensed(stage)), as: stage.msp.catalog, ...more });

const give =
  (body: (found: Awaited<ReturnType<typeof stocked>>) => unknown): Scenario =>
  async (stage) => {
    const found = await stocked(stage);
    return { line: `POST ${found.one.path}/subscriptions`, as: stage.msp.catalog, body: await body(found) };
  };

const key = async ({ msp, product }: Pick<Licensed, 'msp' | 'product'>): Promise<Record<string, string>> => {
  const body = { productId: product.id, seats: 5, days: 365 };
  return (await call('POST /v1/licence-keys', { as: msp.catalog, body })).body;
};

const purchase = { source: 'PURCHASE', seats: 10, termDays: 365, purchaser: buyer };

export const seats: Scenarios = {
  createProduct: ({ msp }) => ({
    line: 'POST /v1/products',
    as: msp.catalog,
    body: { code: 'EDR', name: 'Endpoint protection' },
  }),
  listProducts: read(() => '/v1/products'),
  getProduct: read(({ product }) => `/v1/products/${product.id}`),
  changeProduct: change(({ product }) => `PATCH /v1/products/${product.id}`, {
    body: { trialSeats: 50 },
    headers: any,
  }),
  createLicenceKey: async (stage) => {
    const { product } = await stocked(stage);
    const body = { productId: product.id, seats: 5, days: 365 };
    return { line: 'POST /v1/licence-keys', as: stage.msp.catalog, body };
  },
  listLicenceKeys: async (stage) => {
    const found = await stocked(stage);
    for (let count = 0; count < 25; count++) await key(found);
    return { line: 'GET /v1/licence-keys', as: stage.msp.reader };
  },
  getLicenceKey: async (stage) => {
    const { id } = await key(await stocked(stage));
    return { line: `GET /v1/licence-keys/${id}`, as: stage.msp.reader };
  },
  revokeLicenceKey: async (stage) => {
    const { id } = await key(await stocked(stage));
    return { line: `DELETE /v1/licence-keys/${id}`, as: stage.msp.catalog, headers: any };
  },
  addSubscription: give(({ product }) => ({ ...purchase, productId: product.id })),
  'addSubscription: a trial': give(({ product }) => ({ source: 'TRIAL', productId: product.id })),
  'addSubscription: a licence key': give(async (found) => ({
    source: 'LICENCE_KEY',
    licenceKey: (await key(found)).key,
  })),
  'addSubscription: an MSP licence': give(({ product }) => ({
    ...{ source: 'MSP', productId: product.id, seats: 10 },
  })),
  listSubscriptions: read(({ one }) => `${one.path}/subscriptions`),
  getSubscription: read(({ one, subscriptionId }) => `${one.path}/subscriptions/${subscriptionId}`),
  changeSubscription: async (stage) => {
    const { one, msp } = await stocked(stage);
    const { body } = await one.give({ source: 'MSP', seats: 10 });
    const line = `PATCH ${one.path}/subscriptions/${body.id}`;
    return { line, as: msp.catalog, body: { seats: 20 }, headers: any };
  },
  renewSubscription: change(
    ({ one, subscriptionId }) => `POST ${one.path}/subscriptions/${subscriptionId}/renew`,
    { body: purchase },
  ),
  removeSubscription: change(
    ({ one, subscriptionId }) => `DELETE ${one.path}/subscriptions/${subscriptionId}`,
    { headers: any },
  ),
  listHoldings: read(({ one }) => `${one.path}/products`),
  takeSeat: change(({ one }) => `POST ${one.seats}`, { body: { machineRef: 'SN-0002' } }),
  'takeSeat: the one that reaches 80 %': async (stage) => {
    const { one, msp } = await licensed(stage);
    for (let at = 2; at < 8; at++) await one.take(`SN-000${at}`);
    return { line: `POST ${one.seats}`, as: msp.catalog, body: { machineRef: 'SN-0009' } };
  },
  listSeats: read(({ one }) => one.seats),
  freeSeat: change(({ one }) => `DELETE ${one.seats}/SN-0001`),
  getSeatUsage: read(({ one }) => `${one.path}/seat-usage?month=${new Date().toISOString().slice(0, 7)}`),
  getManagement: read(({ one }) => `${one.path}/management`),
  setManagement: change(({ one }) => `PUT ${one.path}/management`, {
    body: { managementType: 'BOTH', communications: 'PARTNER_ONLY' },
    headers: unset,
  }),
};
