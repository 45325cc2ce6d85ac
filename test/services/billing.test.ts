import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { userServiceKey } from '../../lib/kit/keys.ts';
import { type BillRow, rowOf, spanOf } from '../../lib/services/billing.ts';
import type { Instance } from '../../lib/services/instance.ts';
import { plant } from '../every/planting.ts';
import { plantNode, rootOf } from '../kit/tree.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { add, change, remove } from '../users/people.ts';
import { define, give, giveUser, offer, price, take } from './desk.ts';

let msp: Msp;
let as: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  as = msp.catalog;
});
const month = new Date().toISOString().slice(0, 7);

async function read(by: Caller, query = '', limit = 100): Promise<BillRow[]> {
  const out: BillRow[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { body } = await call(`GET /v1/billing?month=${month}&limit=${limit}${query}${more}`, { as: by });
    expect(body.items.length).toBeLessThanOrEqual(limit);
    out.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor);
  return out;
}

const instance = (more: Partial<Instance>): Instance => ({
  PK: 'p',
  SK: 's',
  serviceId: 'svc',
  code: 'MAIL',
  name: 'Mail',
  multiInstance: false,
  status: 'Provisioned',
  planId: null,
  epoch: 1,
  periods: [],
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...more,
});
const customer = { id: 'cus', name: 'Alpine' };

describe('billing', () => {
  it('is one line per customer service and one per user, without test users', async () => {
    const planted = await plantNode(rootOf(msp.id));
    const mail = await define(as);
    const basic = await price(as, mail, { sku: 'M-1' });
    const seat = await price(as, mail, { audience: 'USER', name: 'Seat', salesPrice: 300 });
    await give(as, planted, mail, basic);
    const users = [];
    for (let index = 0; index < 4; index++) {
      const user = await add(planted, as, { displayName: `User ${index}` });
      users.push(user);
      await giveUser(as, user, mail, seat);
    }
    const [, tester, gone] = users;
    if (!tester || !gone) throw new Error('No users');
    await change(tester, as, { testUser: true }, '*');
    await remove(gone, as);
    const lines = await read(as, `&customerId=${planted.id}`);
    const seen = lines.map(({ userName, planName, quantity, amount, sku }) => [
      userName,
      planName,
      quantity,
      amount,
      sku,
    ]);
    expect(seen).toEqual([
      [null, 'Basic', 1, 900, 'M-1'],
      ['User 0', 'Seat', 1, 300, null],
      ['User 2', 'Seat', 0, 0, null],
      ['User 3', 'Seat', 1, 300, null],
    ]);
    for (const limit of [1, 2, 3]) expect(await read(as, `&customerId=${planted.id}`, limit)).toEqual(lines);
    await take(as, planted, mail);
    const after = await read(as, `&customerId=${planted.id}`);
    expect(after.map(({ quantity }) => quantity)).toEqual([0, 0, 0, 0]);
    expect((await call('GET /v1/billing?month=2026-13', { as })).body.errors).toMatchObject([
      { pointer: '#/query/month' },
    ]);
  });

  it('covers the direct customers of the caller, page after page, as JSON and as CSV', async () => {
    const own = await makeMsp();
    const [mail, reseller] = [
      await define(own.catalog),
      await plantNode(rootOf(own.id), { type: 'RESELLER' }),
    ];
    const basic = await price(own.catalog, mail);
    await offer(own.catalog, reseller, mail);
    const customers = [];
    for (let index = 0; index < 7; index++) customers.push(await plantNode(reseller));
    for (const one of customers) await give(own.catalog, one, mail, basic);
    expect(await read(own.catalog)).toEqual([]);
    const by = await enlist(reseller.id, ['RESELLER_FULL_ADMINISTRATOR']);
    const lines = await read(by);
    expect(lines.map(({ customerId }) => customerId).sort()).toEqual(customers.map(({ id }) => id).sort());
    expect(lines[0]).toMatchObject({ costPrice: null, salesPrice: 900, quantity: 1 });
    for (const limit of [1, 2, 6]) expect(await read(by, '', limit)).toEqual(lines);
    const csv = await call(`GET /v1/billing.csv?month=${month}`, { as: by });
    const rows = parse(String(csv.body), { columns: true }) as Record<string, string>[];
    expect(rows).toEqual(
      lines.map((one) =>
        Object.fromEntries(Object.entries(one).map(([name, value]) => [name, `${value ?? ''}`])),
      ),
    );
    expect(rows[0]).toMatchObject({ billedBy: reseller.id, quantity: '1', amount: '900', costPrice: '' });
    const ofAnother = await read(own.catalog, `&customerId=${customers[0]?.id}`);
    expect(ofAnother).toEqual([]);
    const provider = await read(own.catalog, `&customerId=${reseller.id}`);
    expect(provider).toEqual([]);
    await give(own.catalog, reseller, mail, basic);
    expect(await read(own.catalog)).toMatchObject([{ customerId: reseller.id, costPrice: 500 }]);
  });

  it('as CSV has at most 2,000 lines', async () => {
    const planted = await plantNode(rootOf(msp.id));
    await plant(
      Array.from({ length: 2001 }, (_, index) => {
        const at = Date.now() + index;
        const userId = newId('user', at);
        const serviceId = newId('service', at);
        const periods = [{ planId: null, from: '2020-01-01T00:00:00.000Z', to: null, epoch: 1 }];
        const item = { ...instance({ serviceId, userId, displayName: 'A', periods }), kind: 'instance' };
        return { ...item, ...userServiceKey(planted.id, userId, serviceId) };
      }),
    );
    const line = `GET /v1/billing.csv?month=${month}&customerId=${planted.id}`;
    expect((await call(line, { as })).body.code).toBe('billing.too_long');
  });

  it('is as of the end of a month that is over, at the prices of then', () => {
    expect(spanOf('2026-02', '2026-11-21T00:00:00.000Z')).toEqual({
      begin: '2026-02-01T00:00:00.000Z',
      asOf: '2026-02-28T23:59:59.999Z',
    });
    expect(spanOf('2026-12', '2026-12-05T00:00:00.000Z').asOf).toBe('2026-12-05T00:00:00.000Z');
    const from = (at: string, salesPrice: number) => ({
      from: at,
      costPrice: 1,
      salesPrice,
      currency: 'EUR',
    });
    const plan = {
      id: 'pln',
      serviceId: 'svc',
      audience: 'CUSTOMER' as const,
      name: 'Basic',
      sku: null,
      prices: [from('2026-01-01T00:00:00.000Z', 100), from('2026-03-01T00:00:00.000Z', 200)],
      createdAt: '2026-01-01T00:00:00.000Z',
      version: 2,
    };
    const one = instance({
      periods: [
        { planId: 'pln', from: '2026-01-10T00:00:00.000Z', to: '2026-04-10T00:00:00.000Z', epoch: 1 },
      ],
    });
    const bill = (name: string) => ({
      ...spanOf(name, '2026-11-21T00:00:00.000Z'),
      billedBy: 'prv',
      plans: new Map([['pln', plan]]),
      cost: true,
    });
    const amounts = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04'].map(
      (name) => rowOf(one, { customer, service: undefined }, bill(name))?.amount,
    );
    expect(amounts).toEqual([undefined, 100, 100, 200, 0]);
  });

  it('never counts a user outside the customer’s own time', () => {
    const day = (at: number) => new Date(Date.UTC(2026, 0, 1 + at)).toISOString();
    const period = fc
      .record({
        from: fc.nat(300),
        days: fc.option(fc.nat(100), { nil: null }),
        epoch: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ from, days, epoch }) => ({
        planId: null,
        from: day(from),
        to: days === null ? null : day(from + days),
        epoch,
      }));
    const periods = fc.array(period, { maxLength: 4 });
    fc.assert(
      fc.property(periods, periods, fc.integer({ min: 1, max: 9 }), (theirs, its, number) => {
        const bill = {
          ...spanOf(`2026-0${number}`, '2026-11-21T00:00:00.000Z'),
          billedBy: 'prv',
          plans: new Map(),
          cost: true,
        };
        const service = instance({ periods: its });
        const user = instance({ periods: theirs, userId: 'usr', displayName: 'Ann' });
        const line = rowOf(user, { customer, service }, bill);
        const has = rowOf(service, { customer, service }, bill);
        expect(line?.quantity ?? 0).toBeLessThanOrEqual(has?.quantity ?? 0);
      }),
    );
  });
});
