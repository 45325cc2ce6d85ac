import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anchorWithin } from '../../functions/audit/anchor-seals.ts';
import { faultsOfDay, sealsSince } from '../../lib/audit/day-store.ts';
import { anchor } from '../../lib/audit/lines.ts';
import { sealWrites } from '../../lib/audit/sealing.ts';
import { verify } from '../../lib/audit/verify.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { anchorDueKey, auditKey, sealKey } from '../../lib/kit/keys.ts';
import type { Item, Write } from '../../lib/kit/plan.ts';
import { createTable } from '../kit/table.ts';
import { openBucket, type TestBucket } from './bucket.ts';
import { at, type Chain, emptyChain, entryAt, exportOf, nodeIds, rootId, sealAt } from './chain.ts';

const day = 24 * 60;
const [, one = '', two = ''] = nodeIds;
const write = (writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);
const create = (item: object): Write => ({ do: 'create', item: item as Item });
let bucket: TestBucket;
let chain: Chain;

beforeAll(async () => {
  bucket = await openBucket();
});
const usual = process.env.TABLE_NAME;
afterAll(() => {
  bucket.close();
  process.env.TABLE_NAME = usual;
});

/** Two days of seals in a table of their own; in the first of three customers, in the second of one. */
beforeEach(async () => {
  const name = `anchors-${randomUUID().slice(0, 8)}`;
  process.env.TABLE_NAME = name;
  await createTable(new DynamoDBClient({}), name);
  (bucket.objects as Map<string, string>).clear();
  chain = emptyChain();
  for (const minutes of [10, 20, day + 10]) {
    const [last, from] = [chain.heads.seal, chain.seals.length];
    const rows =
      minutes > day ? [entryAt(one, minutes, 1)] : [entryAt(one, minutes, 1), entryAt(two, minutes, 2)];
    sealAt(chain, rows, minutes + 3);
    const [seal] = chain.seals.slice(from);
    if (!seal) throw new Error('Nothing was sealed');
    const parts = chain.parts.filter(({ seq }) => seq === seal.seq);
    await write([...rows.map(create), ...sealWrites({ seal, parts }, last)]);
  }
});

const place = (date: string) => `/anchors/anchors/${rootId}/${date}.json`;
const read = (date: string) => anchor.parse(JSON.parse(bucket.objects.get(place(date)) ?? ''));
const isDue = async (date: string) => (await get(anchorDueKey({ day: date, rootId }), true)) !== undefined;

describe('a day of seals', () => {
  it('is anchored once it is over and an hour has passed, and no later day with it', async () => {
    await anchorWithin(at(day + 59), 10_000);
    expect(bucket.objects.size).toBe(0);
    await anchorWithin(at(day + 60), 10_000);
    expect([...bucket.objects.keys()]).toEqual([place('2026-01-01')]);
    expect(bucket.asked.at(-1)).toBe(`PUT ${place('2026-01-01')} *`);
    const first = read('2026-01-01');
    expect(first).toMatchObject({
      rootId,
      from: 1,
      prev: '',
      seals: chain.seals.slice(0, 2).map(({ hash }) => hash),
    });
    expect(Object.keys(first.nodes)).toHaveLength(2);
    expect([await isDue('2026-01-01'), await isDue('2026-01-02')]).toEqual([false, true]);
    await anchorWithin(at(3 * day), 10_000);
    expect(read('2026-01-02')).toMatchObject({ from: 3, prev: chain.seals[1]?.hash });
    const anchors = [first, read('2026-01-02')];
    for (const nodeId of [undefined, one, two])
      expect(verify(exportOf(chain, at(4 * day), nodeId), anchors)).toMatchObject({
        faults: [],
        unanchored: 0,
      });
  });

  it('that the bucket did not take is tried again, and one that was taken without an answer stays as it is', async () => {
    bucket.refuse(503);
    await expect(anchorWithin(at(2 * day), 10_000)).rejects.toThrow('answered 503');
    expect(await isDue('2026-01-01')).toBe(true);
    bucket.refuse(undefined);
    (bucket.objects as Map<string, string>).set(place('2026-01-01'), 'first');
    await anchorWithin(at(2 * day), 10_000);
    expect(bucket.objects.get(place('2026-01-01'))).toBe('first');
    expect(await isDue('2026-01-01')).toBe(false);
  });

  it('of which the seals are gone is not forgotten', async () => {
    const gone = chain.seals
      .slice(0, 2)
      .map(({ seq }): Write => ({ do: 'remove', key: sealKey(rootId, seq) }));
    await write(gone);
    await expect(anchorWithin(at(2 * day), 10_000)).rejects.toThrow('are gone');
    expect(await isDue('2026-01-01')).toBe(true);
  });
});

describe('a day that is not as it was sealed', () => {
  const rowOf = (nodeId: string) =>
    chain.rows.find(({ subject }) => subject === nodeId) as Record<string, unknown>;
  const due = { day: '2026-01-01', rootId, from: 1 };
  const put = (item: Record<string, unknown>) =>
    new DynamoDBClient({}).send(
      new PutItemCommand({ TableName: process.env.TABLE_NAME, Item: toAttributes(item) }),
    );
  const faults = async () => faultsOfDay(due, (await sealsSince(due)).all);

  it('is as it was sealed, else', async () => {
    expect(await faults()).toEqual([]);
  });

  it('is told of entry by entry, and anchored all the same', async () => {
    const [overwritten, deleted] = [rowOf(one), rowOf(two)];
    const added = entryAt(two, 15, 9);
    await put({ ...overwritten, path: 'plt' });
    await write([{ do: 'remove', key: auditKey(two, String(deleted.id)) }, create(added)]);
    expect(await faults()).toEqual([
      { where: `${one} entry ${overwritten.id}`, what: 'it was overwritten: it is not what seal 1 holds' },
      { where: `${two} entry ${deleted.id}`, what: 'it was deleted: it stands in seal 1' },
      { where: `${added.PK} ${added.id}`, what: 'it was added, or never reached the seals' },
    ]);
    await anchorWithin(at(2 * day), 10_000);
    expect(bucket.objects.has(place('2026-01-01'))).toBe(true);
  });

  it('is told of seal by seal', async () => {
    const [seal] = chain.seals;
    await put({ ...sealKey(rootId, 1), kind: 'seal', ...seal, at: at(1) });
    expect(await faults()).toEqual([
      { where: `${rootId} seal 1`, what: 'it was changed: it does not hash to what it says' },
    ]);
  });
});
