import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/aws/world.ts';
import { consumed } from '../../lib/credits/consumption.ts';
import { type Entry, toItem } from '../../lib/credits/entry.ts';
import { debit, grant } from '../../lib/credits/ledger.ts';
import { refund } from '../../lib/credits/refunds.ts';
import { plant } from '../every/planting.ts';
import { plantCreditSystem, plantCustomer } from '../kit/plant.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { Past } from './past.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
let past: Past;
const [ada, bob] = [newId('person', 1), newId('person', 2)];

const get = (rest: string, as: Caller = customer.admin) =>
  call(`GET /v1/customers/${customer.id}/credits/consumption${rest}`, { as });

beforeAll(async () => {
  msp = await makeMsp();
  await plantCreditSystem(msp.id);
  customer = await plantCustomer(msp.id);
  past = new Past(customer.id);
  const take = (at: string, amount: number, serviceId?: string, personId?: string) =>
    past.at(at, (ledger, by) => debit(ledger, { amount, serviceId, personId }, by));
  const giveBack = (at: string, index: number, line?: number) =>
    past.at(at, (ledger, by) => refund(ledger, { debit: past.entries[index] as Entry, line }, by));
  past.at('2026-08-30T00:00:00.000Z', (ledger, by) => grant(ledger, { amount: 1000 }, by));
  take('2026-08-31T23:59:59.999Z', 7, 'mail', ada);
  take('2026-09-01T00:00:00.000Z', 10, 'mail', ada);
  take('2026-09-02T00:00:00.000Z', 20, 'mail', bob);
  take('2026-09-03T00:00:00.000Z', 5);
  past.at('2026-09-04T00:00:00.000Z', (ledger, by) => {
    const lines = [
      { amount: 3, serviceId: 'disk' },
      { amount: 4, serviceId: 'mail', personId: bob },
    ];
    return debit(ledger, { amount: 7, personId: ada, lines }, by);
  });
  giveBack('2026-09-05T00:00:00.000Z', 1);
  giveBack('2026-09-06T00:00:00.000Z', 5, 1);
  take('2026-09-30T23:59:59.999Z', 1, '=SUM(A1)', bob);
  take('2026-10-01T00:00:00.000Z', 100, 'mail', bob);
  giveBack('2026-10-02T00:00:00.000Z', 3);
  await past.plant();
});

const sums = (debited: number, refunded: number, debits: number, refunds: number) => ({
  debited,
  refunded,
  consumed: debited - refunded,
  debits,
  refunds,
});

describe('consumption', () => {
  it('sums debits less refunds of a month by service, lines of batches too', async () => {
    const { body } = await get('?month=2026-09');
    expect(body).toEqual({
      from: '2026-09-01T00:00:00.000Z',
      to: '2026-09-30T23:59:59.999Z',
      by: 'service',
      total: sums(43, 11, 6, 2),
      items: [
        { serviceId: 'mail', ...sums(34, 11, 3, 2) },
        { serviceId: null, ...sums(5, 0, 1, 0) },
        { serviceId: 'disk', ...sums(3, 0, 1, 0) },
        { serviceId: '=SUM(A1)', ...sums(1, 0, 1, 0) },
      ],
    });
  });

  it('sums by person, and by both', async () => {
    expect((await get('?month=2026-09&by=person')).body.items).toEqual([
      { personId: bob, ...sums(25, 4, 3, 1) },
      { personId: ada, ...sums(13, 7, 2, 1) },
      { personId: null, ...sums(5, 0, 1, 0) },
    ]);
    const both = (await get('?month=2026-09&by=service,person')).body.items;
    expect(both).toContainEqual({ serviceId: 'disk', personId: ada, ...sums(3, 0, 1, 0) });
    expect(both).toContainEqual({ serviceId: 'mail', personId: bob, ...sums(24, 4, 2, 1) });
  });

  it('counts a refund in the month in which it happened, and takes a part of a month', async () => {
    expect((await get('?month=2026-08')).body.total).toEqual(sums(7, 0, 1, 0));
    expect((await get('?month=2026-10')).body.total).toEqual(sums(100, 20, 1, 1));
    const part = '?month=2026-09&from=2026-09-02T00:00:00Z&to=2026-09-04T00:00:00Z';
    expect((await get(part)).body.total).toEqual(sums(32, 0, 4, 0));
    expect((await get('?month=2026-09&from=2020-01-01T00:00:00Z')).body.total).toEqual(sums(43, 11, 6, 2));
    expect((await get('?month=2020-01')).body.items).toEqual([]);
  });

  it('is a CSV whose cells are no formulas', async () => {
    const { body, headers } = await get('.csv?month=2026-09&by=service,person');
    expect(headers['content-type']).toContain('text/csv');
    const rows = String(body).trim().split('\r\n');
    expect(rows[0]).toBe('"serviceId","personId","debited","refunded","consumed","debits","refunds"');
    expect(rows).toContain(`"'=SUM(A1)","${bob}",1,0,1,1,0`);
    expect(rows).toHaveLength(6);
  });

  it('belongs to the customer: the next one reads nothing of it', async () => {
    const other = await plantCustomer(msp.id);
    expect((await get('?month=2026-09', other.admin)).status).toBe(404);
    expect((await get('.csv?month=2026-09', (await makeMsp()).catalog)).status).toBe(404);
    expect((await get('?month=2026-09', msp.reader)).status).toBe(200);
  });

  it.each([
    ['', '#/query/month'],
    ['?month=2026-13', '#/query/month'],
    ['?month=26-01', '#/query/month'],
    ['?month=2026-09&by=colour', '#/query/by'],
    ['?month=2026-09&from=monday', '#/query/from'],
    ['?month=2026-09&until=x', '#/query/until'],
  ])('names what is wrong with %s', async (query, pointer) => {
    const { status, body } = await get(query);
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toBe(pointer);
  });

  it('refuses to sum up more entries than it may, and says how to ask', async () => {
    const { id } = await plantCustomer(msp.id);
    const [first] = past.entries;
    const begin = Date.parse('2026-05-01T00:00:00.000Z');
    const iso = (index: number) => new Date(begin + index * 1000).toISOString();
    await plant(
      Array.from({ length: 10_002 }, (_, index) =>
        toItem(id, {
          ...(first as Entry),
          seq: index + 1,
          previousAt: index ? iso(index - 1) : '0',
          at: iso(index),
        }),
      ),
    );
    for (const what of ['consumption', 'consumption.csv']) {
      const much = await call(`GET /v1/customers/${id}/credits/${what}?month=2026-05`, { as: msp.reader });
      expect(much.body.code).toBe('credits.too_much_consumption');
    }
    const query = '?month=2026-05&to=2026-05-01T02:00:00Z';
    expect(
      (await call(`GET /v1/customers/${id}/credits/consumption${query}`, { as: msp.reader })).status,
    ).toBe(200);
  });

  it('adds up to the balance: what was granted less what was consumed', () => {
    const { total } = consumed(past.entries, { from: '', to: '', by: 'person' });
    expect(1000 - total.consumed).toBe(past.entries.at(-1)?.balance);
    expect(total.consumed).toBe(past.entries.at(-1)?.burned);
  });
});
