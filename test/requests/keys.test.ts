import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { commit } from '../../lib/aws/db.ts';
import { endUserKey } from '../../lib/kit/keys.ts';
import { listen } from '../kit/cost.ts';
import { plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { type Answer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { balance, move, offer, openCatalogue, plantEndUser } from './desk.ts';

let msp: Msp;
let customer: { id: string; admin: Caller; provider: string };
let ada: Caller;
let bob: Caller;
let item: Answer;

beforeAll(async () => {
  listen();
  msp = await makeMsp();
  await ensureMspMode(msp);
  await plantCreditSystem(msp.id);
  customer = { ...(await plantCustomer(msp.id)), provider: msp.id };
  await openCatalogue(msp.catalog, customer.id);
  [ada, bob] = await Promise.all([plantEndUser(customer), plantEndUser(customer)]);
  item = await offer(msp, customer.id, { price: { base: 40 } });
});

const order = (as: Caller, key: string, more = {}) =>
  call('POST /v1/requests', { as, key, body: { itemId: item.body.id, ...more } });
const ending = (as: Caller, request: Answer, verb: string, key: string) =>
  call(`POST /v1/requests/${request.body.id}/${verb}`, { as, key, body: {}, headers: { 'if-match': '*' } });

describe('an Idempotency-Key of an end user', () => {
  it('is her own: somebody else’s request with the same key and body is a request of their own', async () => {
    const before = await balance(customer.admin, customer.id);
    const [hers, his] = [await order(ada, 'order-1'), await order(bob, 'order-1')];
    expect([hers.status, his.status]).toEqual([201, 201]);
    expect([hers.body.personId, his.body.personId]).toEqual([ada.person, bob.person]);
    expect(his.headers['idempotent-replayed']).toBeUndefined();
    expect(await balance(customer.admin, customer.id)).toBe(before - 80);
    expect((await order(ada, 'order-1')).body).toEqual(hers.body);
    expect((await order(bob, 'order-1')).body).toEqual(his.body);
    expect((await order(bob, 'order-1', { quantity: 2 })).body.code).toBe('idempotency.key_reused');
    expect(await balance(customer.admin, customer.id)).toBe(before - 80);
  });

  it('tells nobody what somebody else may have: who is not entitled is refused', async () => {
    const restricted = { as: msp.catalog, body: {}, headers: { 'if-match': '*' } };
    const path = `/v1/customers/${customer.id}/restricted-items/${item.body.id}`;
    const hers = await order(ada, 'order-2');
    expect(hers.status).toBe(201);
    expect((await call(`PUT ${path}`, restricted)).status).toBeLessThan(300);
    const his = await order(bob, 'order-2');
    expect([his.status, his.body.code]).toEqual([409, 'requests.not_entitled']);
    expect((await call(`DELETE ${path}`, { ...restricted, body: undefined })).status).toBeLessThan(300);
  });

  it('cancels and confirms nothing of somebody else’s, and shows nothing of it', async () => {
    const made = await order(ada, randomUUID());
    expect((await ending(ada, made, 'cancel', 'end-1')).body.state).toBe('CANCELLED');
    expect((await ending(bob, made, 'cancel', 'end-1')).status).toBe(404);
    const done = await order(ada, randomUUID());
    for (const verb of ['start', 'complete']) await move(msp.catalog, done, verb);
    expect((await ending(ada, done, 'confirm', 'end-2')).body.state).toBe('CLOSED');
    expect((await ending(bob, done, 'confirm', 'end-2')).status).toBe(404);
    const covered = ['submitServiceRequest', 'cancelMyServiceRequest', 'confirmMyServiceRequest'];
    const all = contexts.flatMap(({ routes }) => routes);
    expect(
      all.filter((one) => one.permission === 'end-user' && one.method === 'POST').map(({ id }) => id),
    ).toEqual(expect.arrayContaining(covered));
  });

  it('answers nothing to whoever is no end user any more', async () => {
    const eve = await plantEndUser(customer);
    expect((await order(eve, 'order-3')).status).toBe(201);
    const key = endUserKey(customer.id, eve.person);
    await commit([{ do: 'remove', key }], randomUUID(), Date.now() + 5000);
    expect((await order(eve, 'order-3')).status).toBe(401);
  });
});

describe('an Idempotency-Key of a member', () => {
  const grant = (as: Caller, key: string) =>
    call(`POST /v1/customers/${customer.id}/credits/grants`, { as, key, body: { amount: 7 } });

  it('belongs to the organization: used by somebody else it is refused, and nothing is granted twice', async () => {
    const key = `grant-${customer.id}`;
    const colleague = await enlist(msp.id, ['CATALOG_ADMINISTRATOR']);
    const before = await balance(customer.admin, customer.id);
    const first = await grant(msp.catalog, key);
    expect(first.status).toBe(201);
    const second = await grant(colleague, key);
    expect([second.status, second.body.code]).toEqual([422, 'idempotency.key_reused']);
    expect((await grant(msp.catalog, key)).body).toEqual(first.body);
    expect(await balance(customer.admin, customer.id)).toBe(before + 7);
  });

  it('replays nothing to whoever may not do the same now', async () => {
    const key = `reader-${customer.id}`;
    expect((await grant(msp.catalog, key)).status).toBe(201);
    expect((await grant({ ...msp.catalog, roles: ['MSP_OPERATOR'] }, key)).status).toBe(403);
  });
});
