import { beforeAll, expect, it } from 'vitest';
import { finishProvisioning } from '../kit/forest.ts';
import { addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { offer, openCatalogue, order, own, plantEndUser } from './desk.ts';

let msp: Msp;
let customer: { id: string; provider: string };
let ada: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  const { id } = await addCustomer(msp);
  customer = { id, provider: msp.id };
  await openCatalogue(msp.catalog, id);
  ada = await plantEndUser(customer);
});

const provision = async (what: 'provision' | 'deprovision') => {
  const headers = { 'if-match': '*' };
  const { status, body } = await call(`POST /v1/customers/${customer.id}/${what}`, {
    as: msp.catalog,
    headers,
  });
  if (status >= 300) throw new Error(JSON.stringify(body));
  await finishProvisioning(customer.id, what === 'provision' ? 'Provisioned' : 'NotProvisioned');
};

it('people of a deprovisioned customer see nothing and order nothing until it is back', async () => {
  const item = await offer(msp, customer.id);
  const seen = async () => {
    const list = await call('GET /v1/catalogue', { as: ada });
    const one = await call(`GET /v1/catalogue/${item.body.id}`, { as: ada });
    const path = `/v1/people/${ada.person}/entitlements?customerId=${customer.id}`;
    const why = await call(`GET ${path}`, { as: msp.catalog });
    return [list.body.items.length, one.status, why.body.items[0].sees];
  };
  await provision('provision');
  const before = await order(ada, item);
  expect([before.status, ...(await seen())]).toEqual([201, 1, 200, true]);
  await provision('deprovision');
  expect(await seen()).toEqual([0, 404, false]);
  const refused = { status: 409, body: { code: 'requests.customer_out' } };
  expect(await order(ada, item)).toMatchObject(refused);
  expect(await order(ada, item, {}, '?dryRun=true')).toMatchObject(refused);
  expect((await own(ada, before, 'cancel')).status).toBe(200);
  await provision('provision');
  expect(await seen()).toEqual([1, 200, true]);
  expect((await order(ada, item)).status).toBe(201);
});
