import { createHash } from 'node:crypto';
import { callEngine, EngineError } from './dynamo.ts';
import type { Guard } from './iam.ts';
import type { LocalFunction } from './lambda.ts';
import type { Store } from './store.ts';

export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: unknown;
    readonly NewImage?: unknown;
  };
  readonly [other: string]: unknown;
}

export interface StreamMapping {
  readonly id: string;
  readonly endpoint: string;
  readonly table: string;
  readonly streamArn: string;
  readonly region: string;
  readonly target: LocalFunction;
  readonly batchSize: number;
  readonly filters: readonly unknown[];
  readonly partial: boolean;
  readonly bisect: boolean;
  readonly mostRetries: number;
  readonly mostAgeSeconds: number;
  readonly latest: boolean;
  readonly store: Store;
  readonly guard: Guard;
  /** Keeps records that were given up. */
  readonly giveUp: (records: readonly StreamRecord[], reason: string, attempts: number) => Promise<void>;
  readonly warn: (sentence: string) => void;
}

interface Position {
  readonly sequence: string;
  /** Recognizes the record, so that an engine that counts anew is noticed. */
  readonly mark: string;
}

/** Iterators of the stream's shards, each after its durable position. */
export async function openShards(mapping: StreamMapping): Promise<[string, string][]> {
  const { Streams } = await callStreams<{ Streams: { StreamArn: string }[] }>(mapping, 'ListStreams', {
    TableName: mapping.table,
  });
  const StreamArn = Streams.at(-1)?.StreamArn;
  if (!StreamArn) throw new Error('the table has no stream');
  const { StreamDescription } = await callStreams<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    mapping,
    'DescribeStream',
    { StreamArn },
  );
  const opened: [string, string][] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const position = readPosition(mapping, ShardId);
    const iterator = async (from: object) =>
      (
        await callStreams<{ ShardIterator: string }>(mapping, 'GetShardIterator', {
          StreamArn,
          ShardId,
          ...from,
        })
      ).ShardIterator;
    const known = position && (await stillThere(mapping, position, iterator));
    opened.push([
      ShardId,
      await iterator(
        known
          ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.sequence }
          : { ShardIteratorType: mapping.latest ? 'LATEST' : 'TRIM_HORIZON' },
      ),
    ]);
  }
  return opened;
}

// A position that the engine no longer has (trimmed, or a new file): begin anew, which repeats but loses nothing.
async function stillThere(
  mapping: StreamMapping,
  position: Position,
  iterator: (from: object) => Promise<string>,
): Promise<boolean> {
  try {
    const ShardIterator = await iterator({
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: position.sequence,
    });
    const { Records } = await callStreams<{ Records: StreamRecord[] }>(mapping, 'GetRecords', {
      ShardIterator,
      Limit: 1,
    });
    return Records[0] !== undefined && markOf(Records[0]) === position.mark;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

export function callStreams<T>(mapping: StreamMapping, operation: string, input: unknown): Promise<T> {
  return callEngine<T>(mapping.endpoint, 'DynamoDBStreams_20120810', operation, input);
}

function markOf(record: StreamRecord): string {
  const { Keys, SequenceNumber } = record.dynamodb;
  const keys = Object.entries((Keys ?? {}) as object).sort(([one], [two]) => one.localeCompare(two));
  return createHash('sha256')
    .update(JSON.stringify([SequenceNumber, keys]))
    .digest('hex')
    .slice(0, 24);
}

function readPosition(mapping: StreamMapping, shard: string): Position | undefined {
  const text = mapping.store.get(`stream/${mapping.id}/${shard}`);
  return text === undefined ? undefined : (JSON.parse(text) as Position);
}

/** Remembers that everything up to a record is done. */
export function writePosition(mapping: StreamMapping, shard: string, record: StreamRecord): void {
  const position: Position = { sequence: record.dynamodb.SequenceNumber, mark: markOf(record) };
  mapping.store.set(`stream/${mapping.id}/${shard}`, JSON.stringify(position));
}
