import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from './iam.ts';
import type { LocalFunction } from './lambda.ts';
import { openQueue, type Queue } from './queue.ts';
import { pollQueue } from './queue-source.ts';
import type { Source } from './source.ts';
import type { Store } from './store.ts';
import type { StreamRecord } from './stream-shards.ts';
import { pollStream } from './stream-source.ts';
import type { Stack } from './template.ts';

interface QueueProperties {
  readonly QueueName?: string;
  readonly VisibilityTimeout?: number;
  readonly DelaySeconds?: number;
  readonly RedrivePolicy?: {
    readonly deadLetterTargetArn: string;
    readonly maxReceiveCount: number | string;
  };
}

interface MappingProperties {
  readonly FunctionName: string;
  readonly EventSourceArn: string;
  readonly Enabled?: boolean;
  readonly BatchSize?: number;
  readonly FunctionResponseTypes?: string[];
  readonly FilterCriteria?: { readonly Filters?: { readonly Pattern: string }[] };
  readonly BisectBatchOnFunctionError?: boolean;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly StartingPosition?: string;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

export interface SourceParts {
  readonly stack: Stack;
  readonly store: Store;
  readonly functions: readonly LocalFunction[];
  readonly guard: Guard;
  readonly engine: string;
  readonly queues: ReadonlyMap<string, Queue>;
  /** Folder of records that were given up. */
  readonly failures: string;
  /** A failed message is tried again after its queue's visibility timeout, but at most after this. */
  readonly longestSeconds: number;
  readonly warn: (sentence: string) => void;
}

/** The stack's queues by ARN. A postponed message waits at most `longestSeconds`. */
export function openQueues(stack: Stack, store: Store, longestSeconds = 900): Map<string, Queue> {
  const queues = new Map<string, Queue>();
  for (const { id, properties } of stack.all<QueueProperties>('AWS::SQS::Queue')) {
    const name = properties.QueueName ?? `${stack.place.stackName}-${id}`;
    const arn = `arn:aws:sqs:${stack.place.region}:${stack.place.account}:${name}`;
    const { RedrivePolicy } = properties;
    const queue = openQueue(store, {
      name,
      arn,
      visibilitySeconds: properties.VisibilityTimeout ?? 30,
      delaySeconds: properties.DelaySeconds ?? 0,
      longestSeconds,
      ...(RedrivePolicy
        ? {
            redrive: {
              most: Number(RedrivePolicy.maxReceiveCount),
              deadLetters: () => queues.get(RedrivePolicy.deadLetterTargetArn),
            },
          }
        : {}),
    });
    queues.set(arn, queue);
  }
  return queues;
}

/** Event source mappings of the template: one source each. */
export function mapSources(parts: SourceParts): { source: Source; nudge?: () => void }[] {
  const { stack, functions, guard, store } = parts;
  return stack
    .all<MappingProperties>('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled !== false)
    .map(({ id, properties }) => {
      const { EventSourceArn, FunctionName } = properties;
      const target = functions.find(({ name, arn }) => name === FunctionName || arn === FunctionName);
      if (!target) throw new Error(`Event source ${id} leads to no function of the stack`);
      const shared = {
        target,
        guard,
        region: stack.place.region,
        partial: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
        filters: (properties.FilterCriteria?.Filters ?? []).map(
          ({ Pattern }) => JSON.parse(Pattern) as unknown,
        ),
      };
      const queue = parts.queues.get(EventSourceArn);
      if (queue) {
        const batchSize = properties.BatchSize ?? 10;
        return {
          source: pollQueue({
            ...shared,
            retrySeconds: Math.min(queue.visibilitySeconds, parts.longestSeconds),
            queue,
            batchSize,
            concurrency: Math.min(properties.ScalingConfig?.MaximumConcurrency ?? 4, 4),
          }),
        };
      }
      const table = /:table\/([^/]+)\/stream\//.exec(EventSourceArn)?.[1];
      if (!table) throw new Error(`Event source ${id}: ${EventSourceArn} is not known locally`);
      const source = pollStream({
        ...shared,
        id,
        table,
        store,
        endpoint: parts.engine,
        streamArn: EventSourceArn,
        batchSize: properties.BatchSize ?? 100,
        bisect: properties.BisectBatchOnFunctionError ?? false,
        mostRetries: properties.MaximumRetryAttempts ?? -1,
        mostAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
        latest: properties.StartingPosition === 'LATEST',
        giveUp: (records, condition, attempts) =>
          giveUp(parts, { id, target, properties }, { records, condition, attempts }),
        warn: parts.warn,
      });
      return { source, nudge: () => source.nudge() };
    });
}

interface GivenUp {
  readonly records: readonly StreamRecord[];
  readonly condition: string;
  readonly attempts: number;
}

// The on-failure destination: a bucket keeps the whole records, a queue only where they were.
async function giveUp(
  parts: SourceParts,
  mapping: { id: string; target: LocalFunction; properties: MappingProperties },
  { records, condition, attempts }: GivenUp,
): Promise<void> {
  const { target, id } = mapping;
  const destination = mapping.properties.DestinationConfig?.OnFailure?.Destination;
  parts.warn(
    `${target.id} gave up ${records.length} stream records (${condition}) after ${attempts} attempts.`,
  );
  if (!destination) return;
  const now = new Date();
  const first = records[0]?.dynamodb.SequenceNumber ?? '';
  const note = {
    requestContext: {
      requestId: randomUUID(),
      functionArn: target.arn,
      condition,
      approximateInvokeCount: attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: {
      startSequenceNumber: first,
      endSequenceNumber: records.at(-1)?.dynamodb.SequenceNumber ?? '',
      batchSize: records.length,
      streamArn: mapping.properties.EventSourceArn,
    },
  };
  if (!destination.startsWith('arn:aws:s3:')) {
    parts.queues.get(destination)?.send(JSON.stringify(note));
    return;
  }
  const bucket = destination.split(':').pop() ?? '';
  const key = `aws/lambda/${id}/${now.toISOString().replaceAll(':', '.')}-${first}.json`;
  const denial = await parts.guard.check(target, [
    { action: 's3:PutObject', resource: `${destination}/${key}` },
    { action: 's3:ListBucket', resource: destination },
  ]);
  if (denial) return;
  const file = join(parts.failures, bucket, key);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...note, payload: JSON.stringify({ Records: records }) }, null, 2));
}
