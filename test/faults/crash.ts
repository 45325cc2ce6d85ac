import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { asking, newClient } from '../../lib/aws/dynamo.ts';
import { type Attempt, as, type Storm } from '../kit/weather.ts';
import { stable } from './table-hash.ts';

type Stored = Record<string, AttributeValue>;

/** What a sweep of one request came to. */
export interface Swept<T> {
  /** Crashes that it met: one before and one after each of its calls. */
  readonly crashes: number;
  /** Writes that the store took in all attempts together. */
  readonly writes: number;
  /** The answer of the attempt that no crash met any more. */
  readonly answer: T;
  /** Whether what a crashed attempt had written was left as it was by those after it. */
  readonly settled: boolean;
}

const most = 60;

/**
 * Sends the same request again and again; the first attempt ends before its first call of the store, the next one
 * after it, and so on, until one attempt has no call left to end at. By the clock of each attempt the one before it
 * ended `apartMs` ago: what a queue waits before it hands out a message again.
 */
export async function sweep<T>(send: () => Promise<T>, { apartMs = 0 } = {}): Promise<Swept<T>> {
  let [crashes, writes] = [0, 0];
  let settled = true;
  let written: Stored[] = [];
  let seen: string[] = [];
  for (let point = 0; point < 2 * most; point++) {
    const index = Math.floor(point / 2);
    const storm: Storm = point % 2 === 0 ? 'crash before' : 'crash after';
    let calls = 0;
    const fresh: Stored[] = [];
    const { dead, result } = await as(
      {
        skewMs: crashes * apartMs,
        meets: () => (calls++ === index ? storm : undefined),
        wrote: (attempt) => {
          writes++;
          fresh.push(...keysOf(attempt));
        },
      },
      send,
    );
    if (written.length > 0 && (await imagesAt(written)).join() !== seen.join()) settled = false;
    if (fresh.length > 0) [written, seen] = [fresh, await imagesAt(fresh)];
    if (dead) crashes++;
    else if (result.status === 'rejected') throw result.reason;
    else return { crashes, writes, answer: result.value, settled };
  }
  throw new Error(`More than ${most} calls of the store`);
}

interface Place {
  readonly Key?: Stored;
  readonly Item?: Stored;
}

/** What a write changes; what it only looks at is left out. */
export function keysOf({ input }: Attempt): Stored[] {
  const all = (input.TransactItems as { Put?: Place; Update?: Place; Delete?: Place }[] | undefined) ?? [
    { Put: input as Place },
  ];
  return all.flatMap(({ Put, Update, Delete }) => {
    const at = Put?.Item ?? (Put ?? Update ?? Delete)?.Key;
    return at?.PK && at.SK ? [{ PK: at.PK, SK: at.SK }] : [];
  });
}

const reader = newClient();
const askPast = asking(() => reader);

/** What the table holds there, asked of it past everything. */
async function imagesAt(keys: readonly Stored[]): Promise<string[]> {
  const table = process.env.TABLE_NAME ?? '';
  const distinct = [...new Map(keys.map((key) => [stable(key), key])).values()].slice(0, 100);
  const RequestItems = { [table]: { Keys: distinct, ConsistentRead: true } };
  const { Responses } = await askPast('BatchGetItem', { RequestItems });
  return (Responses?.[table] ?? []).map((item) => stable(item)).sort();
}
