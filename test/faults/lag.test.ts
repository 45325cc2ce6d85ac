import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { violations } from '../../infra/fsck/examine.ts';
import { everything } from '../../lib/aws/scan.ts';
import { any, quick } from '../kit/forest.ts';
import { print } from '../kit/stack.ts';
import { createTable } from '../kit/table.ts';
import { injected } from '../kit/weather.ts';
import { call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { diceOf } from './dice.ts';
import { type LaggingCopy, lagBehind } from './lag.ts';
import { keep, seedsFor } from './seeds.ts';

const seeds = seedsFor('lag', 1);
const steps = 320;
const least = 100;
const lags = [1, 3, 10, Number.POSITIVE_INFINITY];
let copy: LaggingCopy;

beforeAll(async () => {
  process.env.TABLE_NAME = 'lag';
  for (const name of ['lag', 'lag-copy']) await createTable(new DynamoDBClient({}), name);
  copy = lagBehind('lag', 'lag-copy');
});

/** Every customer that a list shows, a page at a time. */
async function listed(msp: Msp, query = ''): Promise<{ id: string; name: string }[]> {
  const out: { id: string; name: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const rest = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await call(`GET /v1/customers?limit=5${query}${rest}`, { as: msp.reader });
    out.push(...body.items);
    cursor = body.nextCursor;
  }
  return out;
}

async function walk(seed: number): Promise<void> {
  const dice = diceOf(seed);
  const msp = await makeMsp();
  await ensureMspMode(msp);
  const as = msp.catalog;
  const live = new Map<string, string>();
  const ever = new Map<string, Set<string>>();
  const named = (id: string, name: string) => {
    live.set(id, name);
    ever.set(id, (ever.get(id) ?? new Set()).add(name));
  };
  for (let step = 0; step < steps; step++) {
    if (dice.chance(0.1)) await copy.behind(dice.one(lags));
    const name = `Customer ${dice.below(12)}`;
    const free = ![...live.values()].includes(name);
    const what = dice.one(['create', 'create', 'rename', 'delete', 'list', 'list', 'look'] as const);
    const id = live.size > 0 ? dice.one([...live.keys()]) : '';
    if (what === 'create') {
      const { status, body } = await call('POST /v1/customers', { as, body: quick({ name }) });
      expect(status, `${name} ${JSON.stringify(body)}`).toBe(free ? 201 : 409);
      if (free) named(body.id, name);
    } else if (what === 'list') {
      const found = await listed(msp);
      expect(new Set(found.map((one) => one.id)).size).toBe(found.length);
      for (const one of found) expect(ever.get(one.id)?.has(one.name)).toBe(true);
    } else if (id === '') continue;
    else if (what === 'rename') {
      const own = live.get(id) === name;
      const { status } = await call(`PATCH /v1/customers/${id}`, { as, body: { name }, headers: any });
      expect(status).toBe(free || own ? 200 : 409);
      if (free) named(id, name);
    } else if (what === 'delete') {
      expect((await call(`DELETE /v1/customers/${id}`, { as, headers: any })).status).toBe(204);
      live.delete(id);
      // Whatever a list still shows: it is gone at once.
      expect((await call(`GET /v1/customers/${id}`, { as })).status).toBe(404);
    } else {
      // What was just written is read from the table itself.
      expect((await call(`GET /v1/customers/${id}`, { as })).body.name).toBe(live.get(id));
    }
  }
  await copy.behind(0);
  expect(new Map((await listed(msp)).map((one) => [one.id, one.name]))).toEqual(live);
}

describe('indexes that lag behind', () => {
  it('never let a name be had twice, nor what is gone be read; lists are old at most, and catch up', async () => {
    for (const seed of seeds) {
      await walk(seed).catch((error: unknown) => {
        throw new Error(keep('lag', seed), { cause: error });
      });
    }
    const found = await violations(await everything());
    expect(found.filter(({ invariant }) => invariant !== 'sums')).toEqual([]);
    const times = injected.get('index lag') ?? 0;
    print(`faults: ${times} index lag (seeds ${seeds.join(', ')})`);
    expect(times).toBeGreaterThanOrEqual(least);
  }, 600_000);
});
