import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../lib/aws/db.ts';
import { dayAfter, dayAt, plusDays } from '../../lib/kit/day.ts';
import { licenceKeyKey, partition } from '../../lib/kit/keys.ts';
import type { Product } from '../../lib/licensing/product.ts';
import { dayMs, termAsked, termFrom } from '../../lib/licensing/term.ts';
import { plantDirectly } from '../kit/forest.ts';
import { plantCustomer } from '../kit/plant.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { addCompany, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { any, buyer, plantLicence, put, shelf, stockProduct, toldOf } from './shelf.ts';

let msp: Msp;
let product: Product;
beforeAll(async () => {
  msp = await makeMsp();
  product = await stockProduct(msp, { trialDays: 14, trialSeats: 3, mspLicence: true });
});

async function opened(of = product) {
  const { id, admin } = await plantCustomer(msp.id);
  return { id, admin, ...shelf(msp, id, of) };
}
const zone = fc.constantFrom('Etc/GMT+12', 'Pacific/Kiritimati', 'Europe/Vienna', 'America/New_York', 'UTC');
const today = (zone = 'UTC') => dayAt(new Date().toISOString(), zone);
const keyFor = async (of: { id: string }, more: object = {}) =>
  (
    await call('POST /v1/licence-keys', {
      as: msp.catalog,
      body: { productId: of.id, seats: 9, days: 100, ...more },
    })
  ).body.key as string;

describe('a trial', () => {
  it('has the days and seats of the product and ends at midnight of its last day', async () => {
    const one = await opened();
    const { status, body, headers } = await one.give({ source: 'TRIAL' });
    expect(status).toBe(201);
    const lastDay = plusDays(today(), 14);
    expect(body).toMatchObject({ kind: 'TRIAL', state: 'EXPIRING', seats: 3, lastDay, timeZone: 'UTC' });
    expect(body.endsAt).toBe(dayAfter(lastDay, 'UTC'));
    const read = await call(`GET ${headers.location}`, { as: one.admin });
    expect(read).toMatchObject({ status: 200, body, headers: { etag: '"1"' } });
  });

  it('ends at midnight in the time zone of the customer', async () => {
    const { id } = await plantNode(rootOf(msp.id), { timeZone: 'Pacific/Auckland' });
    const { body } = await shelf(msp, id, product).give({ source: 'TRIAL' });
    const lastDay = plusDays(today('Pacific/Auckland'), 14);
    expect(body).toMatchObject({ lastDay, endsAt: dayAfter(lastDay, 'Pacific/Auckland') });
  });

  it('is had once, for ever, whatever becomes of it and however many ask at once', async () => {
    const one = await opened();
    const asked = await Promise.all(Array.from({ length: 5 }, () => one.give({ source: 'TRIAL' })));
    const had = asked.filter(({ status }) => status === 201);
    expect(had).toHaveLength(1);
    for (const { body, status } of asked) if (status !== 201) expect(body.code).toBe('licensing.trial_had');
    await one.remove(had[0]?.body.id);
    expect((await one.give({ source: 'TRIAL' })).body.code).toBe('licensing.trial_had');
    expect((await one.give({ source: 'TRIAL' }, '?dryRun=true')).body.code).toBe('licensing.trial_had');
    const other = await stockProduct(msp);
    expect((await shelf(msp, one.id, other).give({ source: 'TRIAL' })).status).toBe(201);
  });

  it('is had by a customer that was deleted and made anew, by its company or its domain', async () => {
    await ensureMspMode(msp);
    const trialOf = async (id: string) => (await shelf(msp, id, product).give({ source: 'TRIAL' })).body.code;
    const leave = (id: string) => call(`DELETE /v1/customers/${id}`, { as: msp.catalog, headers: any });
    const domain = `${randomUUID()}.example.com`;
    const first = await plantDirectly(msp.catalog, { domain });
    expect(await trialOf(first.id)).toBeUndefined();
    expect((await leave(first.id)).status).toBe(204);
    const anew = await plantDirectly(msp.catalog, { domain: domain.toUpperCase() });
    expect(await trialOf(anew.id)).toBe('licensing.trial_had');
    expect(await trialOf((await plantDirectly(msp.catalog)).id)).toBeUndefined();
    const company = await addCompany(msp);
    const link = async (): Promise<string> => {
      const administrators = [company.people[0]?.id];
      const body = { companyId: company.id, accountManagerEmail: 'am@msp.example.com', administrators };
      return (await call('POST /v1/customers', { as: msp.catalog, body })).body.id;
    };
    const linked = await link();
    expect(await trialOf(linked)).toBeUndefined();
    expect((await leave(linked)).status).toBe(204);
    expect(await trialOf(await link())).toBe('licensing.trial_had');
  });

  it('is not renewed', async () => {
    const one = await opened();
    const { body } = await one.give({ source: 'TRIAL' });
    const again = await one.renew(body.id, { source: 'PURCHASE', termDays: 1, purchaser: buyer });
    expect(again.body.code).toBe('licensing.not_renewable');
  });
});

describe('a purchase', () => {
  it('lasts whole days or until a day, for the customer’s own company', async () => {
    const one = await opened();
    const until = plusDays(today(), 400);
    const { body } = await one.buy(10, { termDays: undefined, endsOn: until });
    expect(body).toMatchObject({ kind: 'SUBSCRIPTION', state: 'ACTIVE', seats: 10, lastDay: until });
    expect(body.purchaser).toEqual(buyer);
    expect((await one.buy(5, { termDays: 1 })).body).toMatchObject({ lastDay: plusDays(today(), 1) });
    expect(await one.holding()).toMatchObject({ seats: 15, used: 0, state: 'LICENSED' });
    const listed = await call(`GET ${one.path}/subscriptions`, { as: one.admin });
    expect(listed.body.items.map(({ seats }: { seats: number }) => seats)).toEqual([10, 5]);
  });

  it('changes nothing when it is only tried', async () => {
    const one = await opened();
    expect((await one.buy(10, {})).status).toBe(201);
    const dry = await one.give(
      { source: 'PURCHASE', seats: 3, termDays: 5, purchaser: buyer },
      '?dryRun=true',
    );
    expect(dry).toMatchObject({ status: 200, body: { seats: 3 } });
    expect(await one.holding()).toMatchObject({ seats: 10 });
  });

  it.each([
    [{ termDays: undefined }, '#/termDays'],
    [{ endsOn: '2030-01-01' }, '#/termDays'],
    [{ termDays: 0 }, '#/termDays'],
    [{ termDays: undefined, endsOn: '2020-01-01' }, '#/endsOn'],
    [{ termDays: undefined, endsOn: '2300-01-01' }, '#/endsOn'],
    [{ termDays: undefined, endsOn: '2026-02-30' }, '#/endsOn'],
    [{ seats: 0 }, '#/seats'],
    [{ purchaser: { company: 'A' } }, '#/purchaser/email'],
    [{ purchaser: { company: 'A', email: 'ä@contoso.example' } }, '#/purchaser/email'],
    [{ source: 'GIFT' }, '#/source'],
  ])('of %j is refused', async (more, pointer) => {
    const one = await opened();
    const answer = await one.buy(1, more);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('is never the partner’s: not its people, however spelled, nor its domains, nor its name', async () => {
    const staff = await call(`POST /v1/providers/${msp.id}/members`, {
      as: msp.system,
      body: { name: 'Ada', email: 'Ada@Partner.example', roles: ['MSP_OPERATOR'] },
    });
    expect(staff.status).toBe(201);
    const one = await opened();
    const from = (email: string, more: object = {}) =>
      one.buy(1, { purchaser: { company: 'Contoso', email, ...more } });
    for (const email of [
      'ada@partner.example',
      'ADA@PARTNER.EXAMPLE',
      'ada+contoso@partner.example',
      'bob@partner.example',
      'bob@mail.partner.example',
      'manager@msp.example.com',
      'it@example.com',
    ]) {
      const answer = await from(email);
      expect([email, answer.status, answer.body.code]).toEqual([
        email,
        422,
        'licensing.purchaser_is_partner',
      ]);
      expect(answer.body.errors[0].pointer).toBe('#/purchaser/email');
    }
    expect((await from('ada@partner.example', { attested: true })).status).toBe(422);
    expect((await from('bob@notpartner.example')).status).toBe(201);
    const attested = await from('bob@partner.example', { attested: true });
    expect(attested.status).toBe(201);
    const { name } = (await call(`GET /v1/providers/${msp.id}`, { as: msp.system })).body;
    const named = await one.buy(1, { purchaser: { ...buyer, company: name.toUpperCase() } });
    expect(named.body.errors[0].pointer).toBe('#/purchaser/company');
    const receipts: Record<string, unknown>[] = [];
    for await (const item of each({ partition: partition(one.id, 'AUDIT'), limit: 100 })) receipts.push(item);
    expect(
      receipts.filter(({ after }) => (after as { contactAttested?: true }).contactAttested),
    ).toHaveLength(1);
    expect(JSON.stringify(receipts)).not.toContain('partner.example');
  });

  it('is never a reseller’s above', async () => {
    const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    await enlist(reseller.id, ['CUSTOMER_ADMINISTRATOR']);
    const below = await plantNode(reseller);
    const one = shelf(msp, below.id, product);
    const bad = await one.buy(1, { purchaser: { company: 'C', email: `it@${reseller.domain}` } });
    expect(bad.body.code).toBe('licensing.purchaser_is_partner');
    expect((await one.buy(1, { purchaser: { company: 'C', email: `it@${below.domain}` } })).status).toBe(201);
  });

  it('of too many at once is refused', async () => {
    const one = await opened();
    for (let count = 0; count < 20; count++) expect((await one.buy(1)).status).toBe(201);
    expect((await one.buy(1)).body.code).toBe('licensing.too_many_subscriptions');
  });

  it('of an unknown or retired product is refused', async () => {
    const one = await opened(await stockProduct(await makeMsp()));
    expect((await one.buy(1)).body).toMatchObject({
      code: 'licensing.product_unknown',
      errors: [{ pointer: '#/productId' }],
    });
    const retired = await stockProduct(msp);
    const held = await opened(retired);
    const { body } = await held.buy(1);
    await call(`PATCH /v1/products/${retired.id}`, {
      as: msp.catalog,
      body: { state: 'RETIRED' },
      headers: any,
    });
    expect((await held.buy(1)).body.code).toBe('licensing.product_retired');
    const renewed = await held.renew(body.id, { source: 'PURCHASE', termDays: 1, purchaser: buyer });
    expect(renewed.body.code).toBe('licensing.product_retired');
    expect((await held.take('SN-1')).status).toBe(201);
  });
});

describe('a renewal', () => {
  it('keeps the licence, extends its term from its end and may change its seats', async () => {
    const one = await opened();
    const { body } = await one.buy(10, { termDays: 20 });
    expect(body.state).toBe('EXPIRING');
    const renewed = await one.renew(body.id, {
      source: 'PURCHASE',
      seats: 4,
      termDays: 365,
      purchaser: buyer,
    });
    expect(renewed).toMatchObject({
      status: 200,
      body: { id: body.id, state: 'ACTIVE', seats: 4, lastDay: plusDays(today(), 385), renewals: 1 },
      headers: { etag: '"2"' },
    });
    expect(renewed.body.startsAt).toBe(body.startsAt);
    expect(await one.holding()).toMatchObject({ seats: 4 });
    const early = await one.renew(body.id, {
      source: 'PURCHASE',
      endsOn: plusDays(today(), 30),
      purchaser: buyer,
    });
    expect(early.body.errors[0].pointer).toBe('#/endsOn');
    const partners = await one.renew(body.id, {
      ...{ source: 'PURCHASE', termDays: 1, purchaser: { company: 'C', email: 'x@msp.example.com' } },
    });
    expect(partners.body.code).toBe('licensing.purchaser_is_partner');
  });

  it('begins now where the term has ended', async () => {
    const one = await opened();
    const { subscription } = await plantLicence({ customerId: one.id, providerId: msp.id }, product, {
      command: {
        source: 'PURCHASE',
        productId: product.id,
        seats: 5,
        termDays: 10,
        purchaser: { ...buyer, attested: false },
      },
      at: '2026-01-01T12:00:00.000Z',
    });
    expect(subscription.endsAt).toBe('2026-01-12T00:00:00.000Z');
    const path = `GET ${one.path}/subscriptions/${subscription.id}`;
    expect((await call(path, { as: one.admin })).body.state).toBe('EXPIRED');
    expect((await one.take('SN-1')).body.code).toBe('licensing.no_licence');
    const licenceKey = await keyFor(product);
    const { body } = await one.renew(subscription.id, { source: 'LICENCE_KEY', licenceKey });
    expect(body).toMatchObject({
      id: subscription.id,
      state: 'ACTIVE',
      seats: 9,
      lastDay: plusDays(today(), 100),
    });
    expect(body.startsAt > subscription.startsAt).toBe(true);
    expect((await one.take('SN-1')).status).toBe(201);
    expect((await one.renew(subscription.id, { source: 'LICENCE_KEY', licenceKey })).body.code).toBe(
      'licensing.key_used',
    );
  });

  it('never ends earlier nor gives fewer days, wherever the customer has moved meanwhile', () => {
    fc.assert(
      fc.property(zone, zone, fc.integer({ min: 1, max: 400 }), (from, to, days) => {
        const now = '2026-11-21T12:00:00.000Z';
        const before = termFrom(now, 20, from);
        const at = { now, timeZone: to, pointer: '#/termDays', running: before.endsAt };
        const after = termAsked({ termDays: days }, at);
        const longer = Date.parse(after.endsAt) - Date.parse(before.endsAt);
        // A day on which clocks go forward has 23 hours.
        expect(longer).toBeGreaterThanOrEqual(days * dayMs - 3_600_000);
        expect(longer).toBeLessThanOrEqual((days + 1) * dayMs + 3_600_000);
        if (from === to) expect(after.lastDay).toBe(plusDays(before.lastDay, days));
      }),
    );
  });

  it('takes only a key of the same product that is good', async () => {
    const one = await opened();
    const { body } = await one.buy(1);
    const apply = (licenceKey: string) => one.renew(body.id, { source: 'LICENCE_KEY', licenceKey });
    expect((await apply(await keyFor(await stockProduct(msp)))).body.code).toBe('licensing.key_unknown');
    const key = await keyFor(product);
    expect((await apply(`${key.slice(0, -43)}${'B'.repeat(43)}`)).body.code).toBe('licensing.key_unknown');
    const late = await keyFor(product);
    const kept = licenceKeyKey(msp.id, late.split('.')[2] ?? '');
    const set = { expiresAt: '2020-01-01T00:00:00.000Z' };
    await put({ writes: [{ do: 'amend', key: kept, set, where: { kind: 'licenceKey' } }] });
    expect((await apply(late)).body.code).toBe('licensing.key_expired');
    expect(
      (await one.renew('sub_00000000000000000000000000', { source: 'LICENCE_KEY', licenceKey: key })).status,
    ).toBe(404);
  });

  it('of one that has ended is refused where too many others run', async () => {
    const one = await opened();
    const at = '2026-01-01T12:00:00.000Z';
    const command = {
      source: 'PURCHASE',
      productId: product.id,
      seats: 5,
      termDays: 10,
      purchaser: { ...buyer, attested: false },
    } as const;
    const { subscription } = await plantLicence({ customerId: one.id, providerId: msp.id }, product, {
      command,
      at,
    });
    for (let count = 0; count < 20; count++) expect((await one.buy(1)).status).toBe(201);
    const renewed = await one.renew(subscription.id, { source: 'PURCHASE', termDays: 1, purchaser: buyer });
    expect(renewed.body.code).toBe('licensing.too_many_subscriptions');
  });
});

describe('an MSP licence', () => {
  it('needs the provider’s, is held once and runs until it is removed', async () => {
    const without = await opened(await stockProduct(msp));
    expect((await without.give({ source: 'MSP', seats: 5 })).body.code).toBe('licensing.msp_not_offered');
    const one = await opened();
    const { body } = await one.give({ source: 'MSP', seats: 5 });
    expect(body).toMatchObject({ kind: 'MSP', state: 'ACTIVE', endsAt: null, lastDay: null });
    expect((await one.give({ source: 'MSP', seats: 5 })).body.code).toBe('licensing.msp_held');
    expect((await one.renew(body.id, { source: 'PURCHASE', termDays: 1, purchaser: buyer })).body.code).toBe(
      'licensing.not_renewable',
    );
    expect((await one.remove(body.id, '?dryRun=true')).status).toBe(200);
    expect((await one.remove(body.id)).status).toBe(204);
    expect((await one.remove(body.id)).body.code).toBe('licensing.subscription_removed');
    const read = await call(`GET ${one.path}/subscriptions/${body.id}`, { as: one.admin });
    expect(read.body).toMatchObject({ state: 'REMOVED', removedAt: expect.any(String) });
    expect(await toldOf(one.id)).toEqual(['subscription_changed ADDED', 'subscription_changed REMOVED']);
    expect((await one.give({ source: 'MSP', seats: 5 })).status).toBe(201);
  });
});

describe('the seats of an MSP licence', () => {
  const change = (path: string, id: string, seats: unknown, as: Caller = msp.catalog, query = '') =>
    call(`PATCH ${path}/subscriptions/${id}${query}`, { as, body: { seats }, headers: any });
  const month = new Date().toISOString().slice(0, 7);
  const usage = async (path: string) =>
    (await call(`GET ${path}/seat-usage?month=${month}`, { as: msp.reader })).body.products[0];

  it('are changed while it runs, and what the month was metered at stays', async () => {
    const one = await opened();
    const { body } = await one.give({ source: 'MSP', seats: 2 });
    await one.use(5);
    expect(await usage(one.path)).toMatchObject({ peak: 5, mspSeats: 5, overage: 3 });
    const tried = await change(one.path, body.id, 9, msp.catalog, '?dryRun=true');
    expect(tried).toMatchObject({ status: 200, body: { seats: 9 } });
    expect(await one.holding()).toMatchObject({ seats: 2, state: 'METERED' });
    const more = await change(one.path, body.id, 9);
    expect(more).toMatchObject({
      ...{ status: 200, headers: { etag: '"2"' } },
      body: { id: body.id, seats: 9, startsAt: body.startsAt, renewals: 0 },
    });
    expect(await one.holding()).toMatchObject({ seats: 9, used: 5, state: 'LICENSED' });
    expect(await usage(one.path)).toMatchObject({ peak: 5, mspSeats: 5, overage: 3 });
    expect((await change(one.path, body.id, 9)).headers.etag).toBe('"2"');
    await change(one.path, body.id, 1);
    expect(await usage(one.path)).toMatchObject({ peak: 5, mspSeats: 5, overage: 4 });
    await one.use(0);
    await change(one.path, body.id, 50);
    expect(await usage(one.path)).toMatchObject({ peak: 5, mspSeats: 5, overage: 4 });
    expect((await toldOf(one.id)).filter((told) => told.includes('CHANGED'))).toHaveLength(3);
  });

  it('are changed by the version that was seen, of no other licence, by whoever sells', async () => {
    const one = await opened();
    const [bought, held] = [await one.buy(3), await one.give({ source: 'MSP', seats: 2 })];
    expect((await change(one.path, bought.body.id, 4)).body.code).toBe('licensing.seats_of_term');
    const stale = await call(`PATCH ${one.path}/subscriptions/${held.body.id}`, {
      ...{ as: msp.catalog, body: { seats: 4 }, headers: { 'if-match': '"7"' } },
    });
    expect(stale.status).toBe(412);
    for (const seats of [0, 1.5, '3', null, 1e12])
      expect((await change(one.path, held.body.id, seats)).body.errors[0].pointer).toBe('#/seats');
    expect((await change(one.path, held.body.id, 4, one.admin)).status).toBe(403);
    expect((await change(one.path, held.body.id, 4, (await makeMsp()).catalog)).status).toBe(404);
    expect((await change(one.path, 'sub_00000000000000000000000000', 4)).status).toBe(404);
    await one.remove(held.body.id);
    expect((await change(one.path, held.body.id, 4)).body.code).toBe('licensing.subscription_removed');
  });
});

describe('who may', () => {
  it('give licences: whoever sells above, not the customer itself', async () => {
    const reseller = await plantNode(rootOf(msp.id), { type: 'RESELLER' });
    const seller = await enlist(reseller.id, ['CUSTOMER_ADMINISTRATOR']);
    const below = await plantNode(reseller);
    expect((await shelf(msp, below.id, product, seller).give({ source: 'TRIAL' })).status).toBe(201);
    expect((await shelf(msp, reseller.id, product, seller).give({ source: 'TRIAL' })).status).toBe(403);
    const one = await opened();
    expect((await shelf(msp, one.id, product, one.admin).give({ source: 'TRIAL' })).status).toBe(403);
    const { body } = await one.give({ source: 'TRIAL' });
    const other = await makeMsp();
    for (const line of [`GET ${one.path}/subscriptions/${body.id}`, `GET ${one.path}/products`])
      expect((await call(line, { as: other.reader })).status).toBe(404);
  });
});

describe('management of a customer', () => {
  it('is for both until somebody says otherwise, and changed by the version that was seen', async () => {
    const one = await opened();
    const read = await call(`GET ${one.path}/management`, { as: one.admin });
    expect(read).toMatchObject({
      body: { managementType: 'BOTH', communications: 'BOTH' },
      headers: { etag: '"0"' },
    });
    const body = { managementType: 'PARTNER', communications: 'CUSTOMER_ONLY' };
    const set = (tag: string) =>
      call(`PUT ${one.path}/management`, { as: msp.catalog, body, headers: { 'if-match': tag } });
    expect(await set('"0"')).toMatchObject({ status: 200, body, headers: { etag: '"1"' } });
    expect((await set('"0"')).status).toBe(412);
    expect((await set('"1"')).headers.etag).toBe('"2"');
    expect((await call(`GET ${one.path}/management`, { as: one.admin })).body).toEqual(body);
  });
});
