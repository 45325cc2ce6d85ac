import type { Need } from './iam.ts';
import { matches } from './pattern.ts';
import type { Source } from './source.ts';
import {
  callStreams,
  openShards,
  type StreamMapping,
  type StreamRecord,
  writePosition,
} from './stream-shards.ts';

const pauseMilliseconds = 100;

/** Reads a table's stream from its durable position and hands filtered batches to the function, in order. */
export function pollStream(mapping: StreamMapping): Source & { nudge(): void } {
  let stopped = false;
  let quiet = false;
  let epoch = 0;
  let wake: (() => void) | undefined;

  const loop = async () => {
    const iterators = new Map<string, string>();
    while (!stopped) {
      const seen = epoch;
      let read = 0;
      try {
        const denial = await mapping.guard.check(mapping.target, streamNeeds(mapping.streamArn));
        if (!denial) read = await readShards(mapping, iterators, () => stopped);
      } catch (error) {
        iterators.clear();
        if (!stopped)
          mapping.warn(`The stream of ${mapping.table} could not be read: ${(error as Error).message}`);
      }
      quiet = read === 0 && seen === epoch;
      if (read === 0 && seen === epoch && !stopped) await rest();
    }
  };

  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMilliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    start: () => void loop(),
    nudge() {
      epoch++;
      quiet = false;
      wake?.();
    },
    async idle() {
      if (!quiet) return false;
      quiet = false;
      wake?.();
      await new Promise((resolve) => setTimeout(resolve, 30));
      return quiet;
    },
    stop() {
      stopped = true;
      wake?.();
    },
  };
}

export function streamNeeds(streamArn: string): Need[] {
  return [
    ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => ({
      action: `dynamodb:${action}`,
      resource: streamArn,
    })),
    { action: 'dynamodb:ListStreams', resource: '*' },
  ];
}

async function readShards(
  mapping: StreamMapping,
  iterators: Map<string, string>,
  stopped: () => boolean,
): Promise<number> {
  if (iterators.size === 0) {
    for (const [shard, iterator] of await openShards(mapping)) iterators.set(shard, iterator);
  }
  let read = 0;
  for (const [shard, iterator] of iterators) {
    const answer = await callStreams<{ Records: StreamRecord[]; NextShardIterator?: string }>(
      mapping,
      'GetRecords',
      {
        ShardIterator: iterator,
        Limit: 1000,
      },
    );
    read += answer.Records.length;
    await deliver(mapping, shard, answer.Records, stopped);
    if (answer.NextShardIterator) iterators.set(shard, answer.NextShardIterator);
    else iterators.delete(shard);
  }
  return read;
}

/** Hands the records that pass the filter to the function, batch by batch, and remembers how far it came. */
async function deliver(
  mapping: StreamMapping,
  shard: string,
  records: readonly StreamRecord[],
  stopped: () => boolean,
): Promise<void> {
  const wanted = records.filter(
    (one) => mapping.filters.length === 0 || mapping.filters.some((filter) => matches(filter, one)),
  );
  for (let index = 0; index < wanted.length; index += mapping.batchSize) {
    const batch = wanted.slice(index, index + mapping.batchSize).map((one) => toEvent(mapping, one));
    await attempt(mapping, batch, stopped);
    if (stopped()) return;
    const last = batch.at(-1);
    if (last) writePosition(mapping, shard, last);
  }
  const last = records.at(-1);
  if (last) writePosition(mapping, shard, last);
}

/** Tries a batch until it is through, split, or given up. */
export async function attempt(
  mapping: StreamMapping,
  batch: readonly StreamRecord[],
  stopped: () => boolean,
): Promise<void> {
  let left = batch;
  for (let tries = 0; left.length > 0 && !stopped(); tries++) {
    const expired = left.filter((one) => ageOf(one) > mapping.mostAgeSeconds);
    if (mapping.mostAgeSeconds > 0 && expired.length > 0) {
      await mapping.giveUp(expired, 'RecordAgeExceeded', tries);
      left = left.filter((one) => !expired.includes(one));
      continue;
    }
    const failedAt = await send(mapping, left);
    if (failedAt === undefined) return;
    if (stopped()) return;
    // Records before the first failed one are done, and the retries of the rest begin anew.
    left = left.slice(failedAt);
    if (failedAt > 0) tries = 0;
    if (mapping.mostRetries >= 0 && tries >= mapping.mostRetries) {
      await mapping.giveUp(left, 'RetryAttemptsExhausted', tries + 1);
      return;
    }
    if (mapping.bisect && left.length > 1) {
      const middle = Math.ceil(left.length / 2);
      await pause(tries);
      await attempt(mapping, left.slice(0, middle), stopped);
      await attempt(mapping, left.slice(middle), stopped);
      return;
    }
    await pause(tries);
  }
}

/** Index of the first record that failed; undefined when none did. */
async function send(mapping: StreamMapping, batch: readonly StreamRecord[]): Promise<number | undefined> {
  const outcome = await mapping.target.invoke({ Records: batch });
  if (!outcome.ok) return 0;
  if (!mapping.partial) return undefined;
  const answer = JSON.parse(outcome.payload) as {
    batchItemFailures?: { itemIdentifier?: string }[] | null;
  } | null;
  const indexes = (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    batch.findIndex((one) => one.dynamodb.SequenceNumber === itemIdentifier),
  );
  return indexes.length === 0 ? undefined : Math.max(0, Math.min(...indexes));
}

function toEvent(mapping: StreamMapping, record: StreamRecord): StreamRecord {
  return { ...record, awsRegion: mapping.region, eventSourceARN: mapping.streamArn };
}

function ageOf(record: StreamRecord): number {
  const created = record.dynamodb.ApproximateCreationDateTime;
  return created === undefined ? 0 : Date.now() / 1000 - created;
}

function pause(tries: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(5000, 100 * 2 ** tries)));
}
