import { randomUUID } from 'node:crypto';
import type { AttributeValue, CancellationReason } from '@aws-sdk/client-dynamodb';
import type { Key } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { contended, Problem, tooLarge, unavailable } from '../kit/problem.ts';
import { mayPass } from './aws-json.ts';
import { ask } from './dynamo.ts';
import { env } from './env.ts';
import { type Attempt, toTransactItem, toUpdate } from './expression.ts';
import { fromAttributes, toAttributes } from './item.ts';
import { backoff } from './world.ts';

/** Another writer was first: load and decide again. Never leaves the shell. */
export class LostRace extends Error {
  /** Indexes of the writes whose condition failed. */
  readonly at: readonly number[];
  constructor(at: readonly number[]) {
    super('Another writer was first');
    this.at = at;
  }
}

/** The store takes no more of this for the moment: nothing was read or written. */
export class Throttled extends Problem {
  constructor() {
    super(unavailable);
  }
}

/** One item, or undefined. */
export async function get(key: Key, consistent = false): Promise<Record<string, unknown> | undefined> {
  const { Item } = await translated(
    ask('GetItem', {
      TableName: env('TABLE_NAME'),
      Key: toAttributes({ ...key }),
      ConsistentRead: consistent,
    }),
  );
  return Item && fromAttributes(Item);
}

/** Several items in one round trip (at most 100 distinct keys), in the order of `keys`; undefined where there is none. */
export async function getAll(
  keys: readonly Key[],
  consistent = false,
): Promise<(Record<string, unknown> | undefined)[]> {
  const found = new Map<string, Record<string, unknown>>();
  const name = (key: Key) => `${key.PK}\n${key.SK}`;
  let left: Key[] = [...new Map(keys.map((key) => [name(key), key])).values()];
  const table = env('TABLE_NAME');
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 4) throw new Throttled();
    if (attempt > 0) await backoff(attempt);
    const batch = left.slice(0, 100);
    const { Responses, UnprocessedKeys } = await translated(
      ask('BatchGetItem', {
        RequestItems: {
          [table]: {
            Keys: batch.map(({ PK, SK }) => toAttributes({ PK, SK })),
            ConsistentRead: consistent,
          },
        },
      }),
    );
    for (const raw of Responses?.[table] ?? []) {
      const item = fromAttributes(raw);
      found.set(name(item as unknown as Key), item);
    }
    const unprocessed = (UnprocessedKeys?.[table]?.Keys ?? []).map(
      (key) => fromAttributes(key) as unknown as Key,
    );
    left = [...unprocessed, ...left.slice(100)];
    if (unprocessed.length === 0) attempt = -1;
  }
  return keys.map((key) => found.get(name(key)));
}

/** A page of one partition (or of one index partition) in sort-key order. Bounds are inclusive. */
export interface Range {
  readonly index?: 'tree' | 'names';
  readonly partition: string;
  readonly prefix?: string;
  readonly from?: string;
  readonly to?: string;
  /** The last position of the page before, as `next` returned it. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly backwards?: boolean;
  readonly consistent?: boolean;
}

export interface Page {
  readonly items: Record<string, unknown>[];
  /** Where the next page starts, or null at the end. Opaque to callers; seal it before it leaves. */
  readonly next: string | null;
}

const indexKeys = { tree: ['G1', 'S1'], names: ['G2', 'S2'] } as const;

/** One Query: one page of at most `limit` items and 1 MB. */
export async function page(range: Range): Promise<Page> {
  const [hash, sort] = range.index ? indexKeys[range.index] : (['PK', 'SK'] as const);
  const values: Record<string, string> = { ':p': range.partition };
  let condition = '#p = :p';
  if (range.prefix !== undefined && range.prefix !== '') {
    condition += ' AND begins_with(#s, :a)';
    values[':a'] = range.prefix;
  } else if (range.from !== undefined && range.to !== undefined) {
    condition += ' AND #s BETWEEN :a AND :b';
    values[':a'] = range.from;
    values[':b'] = range.to;
  } else if (range.from !== undefined) {
    condition += ' AND #s >= :a';
    values[':a'] = range.from;
  } else if (range.to !== undefined) {
    condition += ' AND #s <= :a';
    values[':a'] = range.to;
  }
  const names: Record<string, string> = { '#p': hash };
  if (condition.includes('#s')) names['#s'] = sort;
  const { Items, LastEvaluatedKey } = await translated(
    ask('Query', {
      TableName: env('TABLE_NAME'),
      ...(range.index ? { IndexName: range.index } : {}),
      KeyConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: toAttributes(values),
      Limit: range.limit,
      ScanIndexForward: !range.backwards,
      ...(range.after
        ? { ExclusiveStartKey: toAttributes({ ...startKey(range, range.after), [hash]: range.partition }) }
        : {}),
      ...(range.consistent && !range.index ? { ConsistentRead: true } : {}),
    }),
  );
  return {
    items: (Items ?? []).map(fromAttributes),
    next: LastEvaluatedKey ? positionOf(range, fromAttributes(LastEvaluatedKey)) : null,
  };
}

// A position holds only sort keys (and, for an index, the base key): the partition always comes from the caller's scope.
/** The position of an item of a page: as `after` it continues right behind the item. */
export function positionOf(range: Pick<Range, 'index'>, last: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(range.index ? [last[indexKeys[range.index][1]], last.PK, last.SK] : [last.SK]);
}

function startKey(range: Range, after: string): Record<string, unknown> {
  const [sort, PK, SK] = JSON.parse(after) as string[];
  return range.index ? { [indexKeys[range.index][1]]: sort, PK, SK } : { SK: sort };
}

/** Every item of a range, page after page. Only where the answer itself grows with the range. */
export async function* each(range: Omit<Range, 'after'>): AsyncGenerator<Record<string, unknown>> {
  let after: string | undefined;
  do {
    const { items, next } = await page({ ...range, after });
    yield* items;
    after = next ?? undefined;
  } while (after);
}

/**
 * Writes all or nothing: one PutItem/UpdateItem/DeleteItem for a single write, one transaction otherwise
 * (≤ 100 writes). `token` (≤ 36 characters) makes a repeated send of the same transaction harmless for ten minutes.
 * @throws LostRace when a condition without a problem of its own failed; the write's Problem when it has one;
 *   Throttled when DynamoDB takes no more until the deadline; `service.unavailable` when it stays silent: then nobody
 *   knows whether it was written.
 */
export async function commit(writes: readonly Write[], token: string, deadline: number): Promise<void> {
  const [only] = writes;
  if (!only) return;
  for (let attempt = 0; ; attempt++) {
    try {
      // Sent twice, a sum by itself would count twice: a transaction has a token against that.
      if (writes.length === 1 && only.do !== 'adjust') await sendOne(only);
      else {
        await ask('TransactWriteItems', {
          TransactItems: writes.map(toTransactItem),
          ClientRequestToken: token,
        });
      }
      return;
    } catch (error) {
      const meant = asProblem(error);
      if (!(meant instanceof Throttled) && !shouldRepeat(error, writes)) throw meant;
      if (Date.now() > deadline) throw meant instanceof Throttled ? meant : new LostRace([]);
      await backoff(attempt);
    }
  }
}

/** Decides what a failed commit means. Throws the meaning; true = the same writes may be sent again. */
function shouldRepeat(error: unknown, writes: readonly Write[]): boolean {
  if (isNamed(error, 'ConditionalCheckFailedException')) throw lost([0], writes);
  if (isNamed(error, 'TransactionCanceledException')) {
    const reasons = error.CancellationReasons ?? [];
    const failed = reasons.flatMap((reason, index) =>
      reason.Code === 'ConditionalCheckFailed' ? [index] : [],
    );
    if (failed.length > 0) throw lost(failed, writes);
    return reasons.some(({ Code }) => Code === 'TransactionConflict');
  }
  return isNamed(error, 'TransactionConflictException') || isNamed(error, 'TransactionInProgressException');
}

function lost(at: readonly number[], writes: readonly Write[]): Error {
  for (const index of at) {
    const write = writes[index];
    if ((write?.do === 'create' || write?.do === 'vacant') && write.taken) return write.taken;
    if ((write?.do === 'adjust' || write?.do === 'amend') && write.short) return write.short;
  }
  return new LostRace(at);
}

/** What became of an attempt: the item after it, or as it stood in the way (undefined: there is none). */
export type Attempted =
  | { readonly done: Record<string, unknown> }
  | { readonly found: Record<string, unknown> | undefined };

// Less than an agent's or a client's own patience, with a second for the rest of the call.
const attemptMs = 3000;

/**
 * One UpdateItem under the item's own conditions: one round trip, whether it changes the item or says why not; again
 * where a transaction is at the item.
 * @throws Throttled, or `service.unavailable` where others are at it until the deadline: nothing was changed.
 */
export async function attempt(of: Attempt): Promise<Attempted> {
  const deadline = Date.now() + attemptMs;
  for (let tried = 0; ; tried++) {
    try {
      const { Attributes } = await ask('UpdateItem', toUpdate(of));
      return { done: fromAttributes(Attributes ?? {}) };
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException'))
        return { found: error.Item && fromAttributes(error.Item) };
      if (!isNamed(error, 'TransactionConflictException')) throw asProblem(error);
      if (Date.now() > deadline) throw new Problem(unavailable, contended.title);
      await backoff(tried);
    }
  }
}

/** Throws the problem that `commit` would refuse these writes with now; writes nothing. For dry runs. */
export async function rehearse(writes: readonly Write[]): Promise<void> {
  const asked = writes
    .filter((write) => write.do === 'create' || write.do === 'adjust' || write.do === 'amend')
    .filter((write) => write.do !== 'create' || !write.secret);
  const found = await getAll(
    asked.map((write) => (write.do === 'create' ? write.item : write.key)),
    true,
  );
  asked.forEach((write, index) => {
    const item = found[index];
    if (write.do === 'create' && write.taken && item) throw write.taken;
    if (write.do === 'create' || !write.short) return;
    if (write.do === 'amend') {
      const seen = Object.entries(write.where).every(([name, value]) => (item?.[name] ?? null) === value);
      if (!(item || write.orNew) || !seen) throw write.short;
      return;
    }
    const floors = Object.entries(write.atLeast ?? {});
    const ceilings = Object.entries(write.atMost ?? {});
    const within =
      floors.every(([name, floor]) => Number(item?.[name]) >= floor) &&
      ceilings.every(([name, ceiling]) => Number(item?.[name]) <= ceiling);
    if (!item || !within) throw write.short;
  });
}

interface Refused {
  /** Of a transaction: one for each write. */
  readonly CancellationReasons?: readonly CancellationReason[];
  /** As it stood in the way, where that was asked for. */
  readonly Item?: Record<string, AttributeValue>;
}

const isNamed = (error: unknown, name: string): error is Error & Refused =>
  error instanceof Error && error.name === name;

async function sendOne(write: Write): Promise<void> {
  const item = toTransactItem(write);
  if (item.Put) await ask('PutItem', item.Put);
  else if (item.Update) await ask('UpdateItem', item.Update);
  else if (item.Delete) await ask('DeleteItem', item.Delete);
  else await ask('TransactWriteItems', { TransactItems: [item], ClientRequestToken: randomUUID() });
}

async function translated<T>(sending: Promise<T>): Promise<T> {
  try {
    return await sending;
  } catch (error) {
    throw asProblem(error);
  }
}

const throttles = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
]);
// A transaction is cancelled for reasons: throttled alone where no condition failed and nobody else was at it.
function isThrottle(error: unknown): boolean {
  if (!isNamed(error, 'TransactionCanceledException')) return throttles.has((error as Error).name);
  const codes = (error.CancellationReasons ?? []).flatMap(({ Code }) =>
    Code && Code !== 'None' ? [Code] : [],
  );
  return codes.length > 0 && codes.every((code) => throttles.has(code));
}

/** What passes by itself becomes 503; everything else stays what it is. */
function asProblem(error: unknown): unknown {
  if (isThrottle(error)) return new Throttled();
  if (mayPass(error)) return new Problem(unavailable);
  if (isNamed(error, 'ValidationException') && /size|exceed|larger|limit/i.test(error.message)) {
    return new Problem(tooLarge, 'More than can be stored in one change');
  }
  return error;
}
