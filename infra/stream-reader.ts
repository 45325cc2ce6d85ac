import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Runbook } from './alarms.ts';
import type { Resources, Unit } from './context.ts';
import { acknowledge, type Part } from './nag.ts';

export interface StreamReaderProps {
  readonly unit: Unit;
  readonly stream: string;
  /** Keeps what was given up, whole: no queue does. */
  readonly failures: Bucket;
  /** The part whose wildcards are acknowledged. */
  readonly part: Part;
  /** Patterns of the records that are read: any of them. */
  readonly patterns: readonly object[];
  readonly batchSize: number;
  readonly retryAttempts: number;
  readonly maxRecordAge: Duration;
  readonly maxBatchingWindow?: Duration;
  readonly parallelizationFactor?: number;
}

/** Lets a unit read the table's stream from its beginning; what it cannot handle is told from what it can, and kept. */
export function readStream(scope: Construct, props: StreamReaderProps): EventSourceMapping {
  const { unit, stream, failures, part, patterns, ...pace } = props;
  unit.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [stream]);
  // DynamoDB knows no resource for this action.
  unit.allow(['dynamodb:ListStreams'], ['*']);
  unit.allow(['s3:PutObject'], [failures.arnForObjects('*')]);
  unit.allow(['s3:ListBucket'], [failures.bucketArn]);
  acknowledge(unit, part, Stack.of(scope).getLogicalId(failures.node.defaultChild as never));
  return new EventSourceMapping(scope, 'Mapping', {
    target: unit.fn,
    eventSourceArn: stream,
    startingPosition: StartingPosition.TRIM_HORIZON,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    supportS3OnFailureDestination: true,
    // CDK's own S3 destination would grant reading and deleting too.
    onFailure: { bind: () => ({ destination: failures.bucketArn }) },
    filters: patterns.map((one) => ({ pattern: JSON.stringify(one) })),
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    ...pace,
  });
}

export interface StreamWatch {
  readonly mapping: EventSourceMapping;
  readonly period: Duration;
  /** What rings where records are given up: kept in the bucket, or not even that. */
  readonly givenUp: { readonly kept: string; readonly dropped: string; readonly runbook: Runbook };
}

/** Alarms for records that a reader of the stream has given up. */
export function watchGivenUp(
  scope: Construct,
  { alarms }: Pick<Resources, 'alarms'>,
  { mapping, period, givenUp: { kept, dropped, runbook } }: StreamWatch,
): void {
  const mapped = (metricName: string) =>
    new Metric({
      ...{ namespace: 'AWS/Lambda', metricName, statistic: 'Sum', period },
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    });
  const add = (id: string, metricName: string, impact: string) =>
    alarms.add(scope, id, { metric: mapped(metricName), threshold: 1, impact, runbook });
  add('FailuresAlarm', 'OnFailureDestinationDeliveredEventCount', kept);
  add('DroppedAlarm', 'DroppedEventCount', dropped);
}
