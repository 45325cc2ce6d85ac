import { randomUUID } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { anchorWithin } from '../../functions/audit/anchor-seals.ts';
import { anchorOf, anchorText } from '../../lib/audit/anchor.ts';
import { faultsOfDay, sealsSince } from '../../lib/audit/day-store.ts';
import { anchor } from '../../lib/audit/lines.ts';
import type { StoredSeal } from '../../lib/audit/seal.ts';
import { sealWrites } from '../../lib/audit/sealing.ts';
import { verify } from '../../lib/audit/verify.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { log } from '../../lib/aws/log.ts';
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
/** What a run tells as an error, in its order. */
async function told(run: () => Promise<void>): Promise<[string, { day?: string }][]> {
  const errors = vi.spyOn(log(), 'error').mockReturnValue(undefined);
  try {
    await run();
    return errors.mock.calls as never;
  } finally {
    errors.mockRestore();
  }
}
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
    const [first, ...rest] = chain.seals.slice(0, 2) as [StoredSeal, ...StoredSeal[]];
    const text = anchorText(anchorOf('2026-01-01', [first, ...rest]));
    (bucket.objects as Map<string, string>).set(place('2026-01-01'), text);
    expect(await told(() => anchorWithin(at(2 * day), 10_000))).toEqual([]);
    expect(bucket.objects.get(place('2026-01-01'))).toBe(text);
    expect(await isDue('2026-01-01')).toBe(false);
  });

  it('of which another anchor is there already is told, and that one stays', async () => {
    (bucket.objects as Map<string, string>).set(place('2026-01-01'), '{"kind":"anchor"}');
    const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await told(() => anchorWithin(at(2 * day), 10_000))).toEqual([
      [
        'another anchor is there',
        { tenant: rootId, day: '2026-01-01', place: `anchors/${rootId}/2026-01-01.json` },
      ],
    ]);
    expect(printed.mock.calls.join('')).toContain('"AuditBroken":1');
    printed.mockRestore();
    expect(bucket.objects.get(place('2026-01-01'))).toBe('{"kind":"anchor"}');
  });

  it('that is large holds up no other: it is anchored in its turn, and compared when all others are', async () => {
    const many = Array.from({ length: 420 }, (_, n) => `cus_${String(n).padStart(26, '9')}`);
    const [last, from] = [chain.heads.seal, chain.seals.length];
    sealAt(
      chain,
      many.map((id, n) => entryAt(id, day + 30, n)),
      day + 40,
    );
    let before = last;
    for (const seal of chain.seals.slice(from)) {
      await write(sealWrites({ seal, parts: chain.parts.filter(({ seq }) => seq === seal.seq) }, before));
      before = seal;
    }
    // What was sealed now does not stand in the table: each comparison tells of it.
    const later = { day: '2026-01-03', rootId: 'prv_9' };
    const small = emptyChain('prv_9');
    sealAt(small, [entryAt('cus_9', 2 * day + 10)], 2 * day + 13);
    const [seal] = small.seals as [StoredSeal];
    await write(sealWrites({ seal, parts: small.parts }, undefined));
    const days = (await told(() => anchorWithin(at(4 * day), 60_000))).map(([, more]) => more.day);
    expect([...new Set(days)]).toEqual(['2026-01-03', '2026-01-01', '2026-01-02']);
    expect(await get(anchorDueKey(later), true)).toBeUndefined();
  });

  it('that cannot be compared in time is anchored, and stays due', async () => {
    const { all } = await sealsSince({ day: '2026-01-01', rootId, from: 1 });
    await expect(faultsOfDay({ day: '2026-01-01', rootId, from: 1 }, all, Date.now() - 1)).rejects.toThrow(
      'could not be compared in time',
    );
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
  const faults = async () => faultsOfDay(due, (await sealsSince(due)).all, Date.now() + 10_000);

  it('is as it was sealed, else', async () => {
    expect(await faults()).toEqual([]);
  });

  it('is told of entry by entry, and anchored all the same', async () => {
    const [overwritten, deleted] = [rowOf(one), rowOf(two)];
    const added = entryAt(two, 15, 9);
    await put({ ...overwritten, path: 'plt' });
    await write([{ do: 'remove', key: auditKey(two, String(deleted.id)) }, create(added)]);
    expect(await faults()).toEqual([
      {
        where: `${one} entry ${overwritten.id}`,
        what: `it was overwritten: it is not what ${rootId} seal 1 holds`,
      },
      { where: `${two} entry ${deleted.id}`, what: `it was deleted: it stands in ${rootId} seal 1` },
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
