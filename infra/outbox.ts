import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Resources, Unit } from './context.ts';
import { acknowledge } from './nag.ts';

export interface OutboxProps {
  readonly resources: Resources;
  readonly bus: EventBus;
}

const impact = 'Changes are stored, but nobody is told of them: alerts and mails wait.';

/** Table stream → EventBridge. A record that cannot be published ends in the bucket, whole. */
export class Outbox extends Construct {
  readonly unit: Unit;
  readonly failures: Bucket;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, { resources, bus }: OutboxProps) {
    super(scope, id);
    this.unit = new Unit(this, 'Outbox', {
      resources,
      impact,
      description: 'Publishes what changes announce',
      timeoutSeconds: 30,
      concurrency: 20,
    });
    this.failures = new Bucket(this, 'Failures', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(7) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.failures, 'failures');
    this.grant(resources, bus);
    this.mapping = this.map(resources.store.table.tableStreamArn ?? '');
    this.watch(resources);
  }

  private grant({ store }: Resources, bus: EventBus): void {
    const stream = store.table.tableStreamArn ?? '';
    this.unit.allow(['events:PutEvents'], [bus.eventBusArn]);
    this.unit.environment({ BUS_NAME: bus.eventBusName });
    this.unit.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [stream],
    );
    // DynamoDB knows no resource for this action.
    this.unit.allow(['dynamodb:ListStreams'], ['*']);
    store.grantKey(this.unit.fn, false);
    this.unit.allow(['s3:PutObject'], [this.failures.arnForObjects('*')]);
    this.unit.allow(['s3:ListBucket'], [this.failures.bucketArn]);
    acknowledge(this.unit, 'outbox', Stack.of(this).getLogicalId(this.failures.node.defaultChild as never));
  }

  private map(eventSourceArn: string): EventSourceMapping {
    return new EventSourceMapping(this, 'Mapping', {
      target: this.unit.fn,
      eventSourceArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      retryAttempts: 8,
      maxRecordAge: Duration.hours(6),
      reportBatchItemFailures: true,
      supportS3OnFailureDestination: true,
      // CDK's own S3 destination would grant reading and deleting too.
      onFailure: { bind: () => ({ destination: this.failures.bucketArn }) },
      filters: [
        {
          pattern: JSON.stringify({
            eventName: ['INSERT'],
            dynamodb: { NewImage: { ev: { S: [{ exists: true }] } } },
          }),
        },
      ],
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
  }

  private watch({ alarms }: Resources): void {
    const age = this.unit.fn.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) });
    const mapped = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: this.mapping.eventSourceMappingId },
        statistic: 'Sum',
        period: Duration.minutes(5),
      });
    alarms.add(this, 'IteratorAgeAlarm', {
      metric: age,
      threshold: 60_000,
      periods: 2,
      impact: `${impact} The outbox is a minute late.`,
      runbook: 'late-outbox',
    });
    alarms.add(this, 'FailuresAlarm', {
      metric: mapped('OnFailureDestinationDeliveredEventCount'),
      threshold: 1,
      impact: `${impact} A batch was given up and lies in the bucket of failures.`,
      runbook: 'lost-outbox-records',
    });
    alarms.add(this, 'DroppedAlarm', {
      metric: mapped('DroppedEventCount'),
      threshold: 1,
      impact: `${impact} A batch was given up and could not even be kept.`,
      runbook: 'lost-outbox-records',
    });
    alarms.graph('Outbox age', age);
  }
}
