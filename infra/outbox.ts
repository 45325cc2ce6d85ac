import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Resources, Unit } from './context.ts';
import { acknowledge } from './nag.ts';
import { readStream, watchGivenUp } from './stream-reader.ts';

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
    this.unit.allow(['events:PutEvents'], [bus.eventBusArn]);
    this.unit.environment({ BUS_NAME: bus.eventBusName });
    store.grantKey(this.unit.fn, false);
  }

  private map(stream: string): EventSourceMapping {
    return readStream(this, {
      ...{ unit: this.unit, stream, failures: this.failures, part: 'outbox' },
      patterns: [{ eventName: ['INSERT'], dynamodb: { NewImage: { ev: { S: [{ exists: true }] } } } }],
      batchSize: 100,
      parallelizationFactor: 4,
      retryAttempts: 8,
      maxRecordAge: Duration.hours(6),
    });
  }

  private watch({ alarms }: Resources): void {
    const age = this.unit.fn.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) });
    alarms.add(this, 'IteratorAgeAlarm', {
      metric: age,
      threshold: 60_000,
      periods: 2,
      impact: `${impact} The outbox is a minute late.`,
      runbook: 'late-outbox',
    });
    watchGivenUp(
      this,
      { alarms },
      {
        mapping: this.mapping,
        period: Duration.minutes(5),
        givenUp: {
          kept: `${impact} A batch was given up and lies in the bucket of failures.`,
          dropped: `${impact} A batch was given up and could not even be kept.`,
          runbook: 'lost-outbox-records',
        },
      },
    );
    alarms.graph('Outbox age', age);
  }
}
