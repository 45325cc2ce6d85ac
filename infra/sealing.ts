import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Resources, Unit } from './context.ts';
import { acknowledge } from './nag.ts';

export interface SealingProps {
  readonly resources: Resources;
  /** Keeps what could not be sealed, whole. */
  readonly failures: Bucket;
}

const impact = 'What is done is recorded, but nobody could tell if it were changed.';
const kinds = { S: ['audit', 'seal', 'sealPart'] };

/** Table stream → seals over the audit, of up to five minutes each. */
export class Sealing extends Construct {
  private readonly unit: Unit;
  private readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, { resources, failures }: SealingProps) {
    super(scope, id);
    this.unit = new Unit(this, 'AuditSealer', {
      resources,
      impact,
      needs: { table: ['query', 'put'], seals: true },
      description: 'Seals the audit',
      timeoutSeconds: 60,
      concurrency: 5,
    });
    this.grant(resources, failures);
    this.mapping = this.map(resources.store.table.tableStreamArn ?? '', failures);
    this.watch(resources);
  }

  private grant({ store }: Resources, failures: Bucket): void {
    const stream = store.table.tableStreamArn ?? '';
    const reading = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
    this.unit.allow(reading, [stream]);
    // DynamoDB knows no resource for this action.
    this.unit.allow(['dynamodb:ListStreams'], ['*']);
    this.unit.allow(['s3:PutObject'], [failures.arnForObjects('*')]);
    this.unit.allow(['s3:ListBucket'], [failures.bucketArn]);
    acknowledge(this.unit, 'sealing', Stack.of(this).getLogicalId(failures.node.defaultChild as never));
  }

  private map(eventSourceArn: string, failures: Bucket): EventSourceMapping {
    const changed = (eventName: string) => ({
      eventName: [eventName],
      dynamodb: { OldImage: { kind: kinds } },
    });
    const written = { eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['audit'] } } } };
    return new EventSourceMapping(this, 'Mapping', {
      target: this.unit.fn,
      eventSourceArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 500,
      // A seal costs the same whatever it holds.
      maxBatchingWindow: Duration.minutes(5),
      bisectBatchOnError: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(20),
      reportBatchItemFailures: true,
      supportS3OnFailureDestination: true,
      onFailure: { bind: () => ({ destination: failures.bucketArn }) },
      filters: [written, changed('MODIFY'), changed('REMOVE')].map((one) => ({
        pattern: JSON.stringify(one),
      })),
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }

  private watch({ alarms, stage }: Resources): void {
    const age = this.unit.fn.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) });
    const period = Duration.minutes(5);
    const mapped = (metricName: string) =>
      new Metric({
        ...{ namespace: 'AWS/Lambda', metricName, statistic: 'Sum', period },
        dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
      });
    const told = (metricName: string) =>
      new Metric({
        ...{ namespace: 'Quartermaster', metricName, statistic: 'Sum', period },
        dimensionsMap: { service: stage },
      });
    alarms.add(this, 'LateAlarm', {
      metric: age,
      threshold: 15 * 60_000,
      periods: 2,
      impact: `${impact} Sealing is a quarter of an hour late.`,
      runbook: 'late-seals',
    });
    alarms.add(this, 'FailuresAlarm', {
      metric: mapped('OnFailureDestinationDeliveredEventCount'),
      threshold: 1,
      impact: `${impact} Entries were given up unsealed and lie in the bucket of failures.`,
      runbook: 'late-seals',
    });
    alarms.add(this, 'DroppedAlarm', {
      metric: mapped('DroppedEventCount'),
      threshold: 1,
      impact: `${impact} Entries were given up unsealed.`,
      runbook: 'late-seals',
    });
    alarms.add(this, 'ChangedAlarm', {
      metric: told('AuditChanged'),
      threshold: 1,
      impact: 'Somebody overwrote or deleted what the audit says: nobody can rely on it without its seals.',
      runbook: 'broken-audit',
    });
    alarms.add(this, 'BrokenAlarm', {
      metric: told('AuditBroken'),
      threshold: 1,
      impact: 'The audit of a day is not what was sealed: entries or seals were changed, added or deleted.',
      runbook: 'broken-audit',
    });
    alarms.graph('Age of unsealed entries', age);
  }
}
