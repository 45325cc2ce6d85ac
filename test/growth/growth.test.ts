import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Growth } from '../../bench/results.ts';
import { listen } from '../kit/cost.ts';
import { amongCustomers, atDepth, callsOfCustomer, compare, type Place } from './grown.ts';

// Pages and ledgers: test/every/cost.test.ts. Subtrees: test/customers/subtree.test.ts. 100,000 of each: npm run bench.
const measured: Growth[] = [];
beforeAll(() => listen());
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

describe('what a call takes does not grow', () => {
  it('with the customers of its provider, 100 and 10,000', async () => {
    const more = await changes('customers', [
      [100, await amongCustomers(100)],
      [10_000, await amongCustomers(10_000)],
    ]);
    expect(more.filter(([, ...by]) => by.some((one) => one !== 0))).toEqual([]);
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
