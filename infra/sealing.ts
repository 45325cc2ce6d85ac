import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Resources, Unit } from './context.ts';
import { readStream, watchGivenUp } from './stream-reader.ts';

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
    this.mapping = this.map(resources.store.table.tableStreamArn ?? '', failures);
    this.watch(resources);
  }

  private map(stream: string, failures: Bucket): EventSourceMapping {
    const changed = (eventName: string) => ({
      eventName: [eventName],
      dynamodb: { OldImage: { kind: kinds } },
    });
    const written = { eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['audit'] } } } };
    return readStream(this, {
      ...{ unit: this.unit, stream, failures, part: 'sealing' },
      patterns: [written, changed('MODIFY'), changed('REMOVE')],
      batchSize: 500,
      // A seal costs the same whatever it holds.
      maxBatchingWindow: Duration.minutes(5),
      retryAttempts: 20,
      maxRecordAge: Duration.hours(20),
    });
  }

  private watch({ alarms, stage }: Resources): void {
    const age = this.unit.fn.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) });
    const period = Duration.minutes(5);
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
    watchGivenUp(
      this,
      { alarms },
      {
        ...{ mapping: this.mapping, period },
        givenUp: {
          kept: `${impact} Entries were given up unsealed and lie in the bucket of failures.`,
          dropped: `${impact} Entries were given up unsealed.`,
          runbook: 'late-seals',
        },
      },
    );
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
