import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { reconcileWithin } from '../../functions/platform/reconcile.ts';
import { step } from '../../functions/platform/reconcile-step.ts';
import { commit, get, page } from '../../lib/aws/db.ts';
import { ask } from '../../lib/aws/dynamo.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { log } from '../../lib/aws/log.ts';
import { grant } from '../../lib/credits/ledger.ts';
import type { Link } from '../../lib/credits/link.ts';
import { envelopesOf } from '../../lib/kit/event.ts';
import { type Key, meterKey, noticeKey, operationKey, partition } from '../../lib/kit/keys.ts';
import { noticeIdOf } from '../../lib/notifications/notice.ts';
import { begin, keep, mostSuspects, suspect } from '../../lib/platform/reconciler.ts';
import { roundNow } from '../../lib/platform/reconciler-store.ts';
import { hoursFromNow, Past } from '../credits/past.ts';
import { deliver } from '../kit/deliver.ts';
import { plantDirectly } from '../kit/forest.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { createTable } from '../kit/table.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';
import { openDesk, setPool } from '../licensing/desk.ts';

const table = process.env.TABLE_NAME;
const later = new Date(Date.now() + 2 * 3_600_000).toISOString();
let msp: Msp;
let owing: string;
let using: string;
let long: string;

beforeAll(async () => {
  process.env.TABLE_NAME = 'reconciled';
  await createTable(new DynamoDBClient({}), 'reconciled');
  msp = await makeMsp();
  await setPool(msp, 'DEVICE', 100);
  const desk = await openDesk(msp);
  await desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit: 5 } } });
  await desk.add(3);
  using = desk.id;
  await plantCreditSystem(msp.id);
  owing = (await addCustomer(msp)).id;
  const path = `/v1/customers/${owing}/credits`;
  await call(`PATCH ${path}/settings`, {
    as: msp.catalog,
    body: { alertLimit: 50 },
    headers: { 'if-match': '*' },
  });
  await call(`POST ${path}/grants`, { as: msp.catalog, body: { amount: 100 } });
  for (const amount of [20, 35, 5])
    await call(`POST ${path}/debits`, { as: msp.catalog, key: randomUUID(), body: { amount } });
  await deliver(owing);
  long = (await addCustomer(msp)).id;
  const past = new Past(long);
  for (let hours = 60; hours > 0; hours--)
    past.at(hoursFromNow(-hours), (ledger, by) => grant(ledger, { amount: 1 }, by));
  await past.plant();
});
afterAll(() => {
  process.env.TABLE_NAME = table;
});
/** A round begins anew. */
async function fresh(): Promise<void> {
  const round = { ...begin(await roundNow(), '2020-01-01T00:00:00.000Z'), endedAt: null };
  await commit([keep(round)], randomUUID(), Date.now() + 5000);
}

/** Runs of so many steps until a round has ended: what they found, and what the longest of them read. */
async function round(steps: number): Promise<{ found: string[]; runs: number; reads: number }> {
  await fresh();
  const told = vi.spyOn(log(), 'error').mockReturnValue(undefined);
  const noted = vi.spyOn(log(), 'info').mockReturnValue(undefined);
  try {
    for (let runs = 1; ; runs++) {
      await reconcileWithin(later, { steps, milliseconds: 60_000 });
      const done = noted.mock.calls.map(([, more]) => more as unknown as { reads: number; ended: boolean });
      if (!done.at(-1)?.ended) continue;
      const found = told.mock.calls.map(([, more]) => more as unknown as { where: string; what: string });
      const reads = Math.max(...done.map((one) => one.reads));
      return { found: found.map(({ where, what }) => `${where}: ${what}`), runs, reads };
    }
  } finally {
    vi.restoreAllMocks();
  }
}

/** What a round finds while an item is other than it should be. */
async function whileBroken(
  key: Key,
  change: Record<string, unknown> | undefined,
  steps = 1000,
): Promise<string[]> {
  const before = await get(key, true);
  const put = (item: Record<string, unknown>) =>
    ask('PutItem', { TableName: 'reconciled', Item: toAttributes(item) });
  await put(change ? { ...key, ...before, ...change } : { ...key, kind: 'nothing' });
  const { found } = await round(steps);
  if (before) await put(before);
  return found;
}

const entriesOf = async (id: string) => (await page({ partition: partition(id, 'ENTRY'), limit: 100 })).items;

it('a table in order has no differences, in one run or in many', async () => {
  const whole = await round(1000);
  expect(whole).toMatchObject({ found: [], runs: 1 });
  const pieces = await round(2);
  expect(pieces.found).toEqual([]);
  expect(pieces.runs).toBeGreaterThan(4);
});

it('an entry that was changed is named, wherever a run ends', async () => {
  const [, , third] = await entriesOf(long);
  const key = { PK: String(third?.PK), SK: String(third?.SK) };
  const named = [`${long} entry 3: it begins with`, `${long} entry 4: it begins with`];
  for (const steps of [1000, 1]) {
    const found = await whileBroken(key, { balance: Number(third?.balance) + 5 }, steps);
    expect(found.map((one, at) => one.startsWith(named[at] ?? '?'))).toEqual([true, true]);
  }
});

it('an entry that cannot be read is named, and does not end the round', async () => {
  const [, , third] = await entriesOf(long);
  const found = await whileBroken({ PK: String(third?.PK), SK: String(third?.SK) }, { amount: 'many' });
  expect(found[0]).toBe(`${long} entry 3: it cannot be read`);
});

it('a break between two pages of a ledger is named', async () => {
  const entry = (await entriesOf(long))[50];
  const key = { PK: String(entry?.PK), SK: String(entry?.SK) };
  expect((await whileBroken(key, { prev: new Uint8Array(32) }))[0]).toContain('entry 51: the entry before');
});

it('a pool that is not what its customers have is named, at once where it stands still', async () => {
  const lost = await whileBroken(meterKey(using, 'DEVICE'), { limit: 4 });
  expect(lost).toEqual([`${msp.id} DEVICE: its pool counts 1 allocated more than customers have`]);
  expect(await whileBroken(meterKey(msp.id, 'DEVICE'), { free: 90 })).toEqual([
    `${msp.id} DEVICE: licensed is not what is free, allocated and shared`,
  ]);
});

it('a crossing without its notice is named: its event was not published, or lies in a dead-letter queue', async () => {
  const crossing = (await entriesOf(owing))
    .flatMap(envelopesOf)
    .find(({ type }) => type === 'credits.balance_low.v1');
  const noticeId = noticeIdOf(crossing?.id ?? '');
  const key = noticeKey(owing, noticeId);
  const item = await get(key, true);
  expect(item).toBeDefined();
  await commit([{ do: 'remove', key }], randomUUID(), Date.now() + 5000);
  expect((await round(1000)).found).toEqual([`${owing} ${noticeId}: a crossing has no notice`]);
  await commit([{ do: 'create', item: item as never }], randomUUID(), Date.now() + 5000);
});

it('work that has not moved for two hours is named', async () => {
  const key = operationKey(msp.id, 'opr_stuck');
  const stuck = { id: 'opr_stuck', finishedAt: null, movedAt: '2026-01-01T00:00:00.000Z' };
  expect(await whileBroken(key, stuck)).toEqual([
    `${msp.id} opr_stuck: it has not moved since 2026-01-01T00:00:00.000Z`,
  ]);
  await commit([{ do: 'remove', key }], randomUUID(), Date.now() + 5000);
});

it('a run reads no more where there are more customers, and two at once count once', async () => {
  const few = await round(10);
  for (let n = 0; n < 30; n++) await plantDirectly(msp.catalog);
  const many = await round(10);
  expect(many.found).toEqual([]);
  expect(many.runs).toBeGreaterThan(few.runs);
  expect(many.reads).toBeLessThanOrEqual(51);
  const most = { steps: 3, milliseconds: 60_000 };
  const before = (await roundNow())?.version ?? 0;
  const next = new Date(Date.parse(later) + 2 * 3_600_000).toISOString();
  await Promise.all([reconcileWithin(next, most), reconcileWithin(next, most)]);
  expect((await roundNow())?.version).toBe(before + 1);
});

it('pools that seem wrong while they change are remembered up to a number, and counted beyond it', async () => {
  let crowded = begin<Link>(undefined, later);
  for (let n = 0; n < mostSuspects; n++) crowded = suspect(crowded, `prv_${n} DEVICE`, 'off by one');
  const wrong = { id: msp.id, listed: true, pools: {}, sums: {} };
  const findings = { reads: 0, found: [] };
  const after = await step({ ...crowded, root: wrong }, { findings, now: later });
  expect(findings.found).toEqual([]);
  expect(Object.keys(after.suspects)).toHaveLength(mostSuspects);
  expect(after.unremembered).toBe(1);
  const again = suspect(after, 'prv_0 DEVICE', 'by another');
  expect(again.suspects['prv_0 DEVICE']).toBe('off by one; by another');
  const longest = 'its pool counts 123456789 allocated more than customers have';
  let heavy = begin<Link>(undefined, later);
  for (let n = 0; n < mostSuspects; n++)
    for (const what of [longest, longest.replace('allocated', 'shared')])
      heavy = suspect(heavy, `prv_${String(n).padStart(26, '0')} IP_SWITCH_PORT`, what);
  await commit(
    [keep({ ...heavy, suspectedBefore: heavy.suspects, version: (await roundNow())?.version ?? 0 })],
    randomUUID(),
    Date.now() + 5000,
  );
  expect(Object.keys((await roundNow())?.suspectedBefore ?? {})).toHaveLength(mostSuspects);
});

it('nothing is looked at within the hour after a round', async () => {
  await round(1000);
  const { version } = (await roundNow()) ?? {};
  await reconcileWithin(later, { steps: 10, milliseconds: 60_000 });
  expect((await roundNow())?.version).toBe(version);
});
