import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Growth } from '../../bench/results.ts';
import { newId } from '../../lib/aws/world.ts';
import { plantLedger } from '../every/planting.ts';
import { type Cost, listen, measure } from '../kit/cost.ts';
import { addCustomer, call, type Msp } from '../kit/world.ts';
import { amongCustomers, atDepth, callsOfCustomer, compare, type Place } from './grown.ts';

// Subtrees: test/customers/subtree.test.ts. 100,000 of each: npm run bench.
const measured: Growth[] = [];
let [few, many]: Place[] = [];
beforeAll(async () => {
  listen();
  [few, many] = [await amongCustomers(100), await amongCustomers(10_000)];
});
afterAll(() => {
  for (const { call, of, small, large } of measured)
    process.stdout.write(
      `growth: ${call}, ${small.size} → ${large.size} ${of}: ${large.read} RCU, ${large.write} WCU, ${large.trips} round trips\n`,
    );
});

type Change = [call: string, read: number, write: number, trips: number];

async function changes(of: string, places: [[number, Place], [number, Place]]): Promise<Change[]> {
  const rows = await compare(of, places, callsOfCustomer);
  measured.push(...rows);
  expect(rows.filter(({ small }) => small.trips > 0).length).toBe(7);
  return rows.map(({ call, small, large }) => [
    call,
    ...([large.read - small.read, large.write - small.write, large.trips - small.trips] as const),
  ]);
}

async function same(small: () => Promise<Cost>, large: () => Promise<Cost>): Promise<void> {
  const { read, write, index, roundTrips } = await small();
  expect(await large()).toMatchObject({ read, write, index, roundTrips });
}

/** A ledger, and when each of its entries was made. */
interface Long {
  readonly path: string;
  readonly times: readonly string[];
}

async function ledgerOf(msp: Msp, entries: number): Promise<Long> {
  const { id } = await addCustomer(msp);
  return { path: `/v1/customers/${id}/credits`, times: await plantLedger(id, entries) };
}

const callsOfEntries: ((ledger: Long) => { line: string; body?: unknown })[] = [
  ({ path }) => ({ line: `GET ${path}/entries` }),
  ({ path }) => ({ line: `GET ${path}` }),
  ({ path, times }) => ({ line: `GET ${path}?at=${times[Math.floor(times.length / 2)]}` }),
  ({ path }) => ({ line: `GET ${path}/forecast` }),
  ({ path }) => ({
    line: `POST ${path}/debits`,
    body: { amount: 1, requestId: newId('request', Date.now()) },
  }),
];

describe('what a call takes does not grow', () => {
  it('with the customers of its provider, 100 and 10,000', async () => {
    const more = await changes('customers', [
      [100, few as Place],
      [10_000, many as Place],
    ]);
    expect(more.filter(([, ...by]) => by.some((one) => one !== 0))).toEqual([]);
  });

  it('a page of customers at 100 and at 10,000', async () => {
    for (const line of ['GET /v1/customers', 'GET /v1/customers?q=customer%20000']) {
      const of = (place: Place) => async () => {
        const { result, cost } = await measure(() => call(line, { as: place.msp.reader }));
        expect(result.body.items).toHaveLength(25);
        return cost;
      };
      await same(of(few as Place), of(many as Place));
    }
  });

  it('a page of the ledger, a balance, a past balance, a forecast and a debit at 100 and at 10,000 entries', async () => {
    const { msp } = few as Place;
    const [small, large] = [await ledgerOf(msp, 100), await ledgerOf(msp, 10_000)];
    for (const made of callsOfEntries) {
      const of = (ledger: Long) => async () => {
        const { line, body } = made(ledger);
        const { result, cost } = await measure(() => call(line, { as: msp.catalog, body }));
        expect(result.status, JSON.stringify(result.body)).toBeLessThan(300);
        return cost;
      };
      await same(of(small), of(large));
    }
  });

  it('with the depth of its customer below a reseller, 3 and 10, but for a receipt that its path takes beyond 1 KB', async () => {
    const more = await changes('levels', [
      [3, await atDepth(3)],
      [10, await atDepth(10)],
    ]);
    expect(more.filter(([, ...by]) => by.some((one) => one !== 0))).toEqual([['allocate', 0, 2, 0]]);
  });

  it('from right below the provider to below a reseller, but for adding: another node is looked at, and written', async () => {
    const more = await changes('levels', [
      [2, await atDepth(2)],
      [3, await atDepth(3)],
    ]);
    expect(more.filter(([, ...by]) => by.some((one) => one !== 0))).toEqual([['add a customer', 1, 8, 0]]);
  });
});
