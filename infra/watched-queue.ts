import { Duration, Stack, Tags } from 'aws-cdk-lib';
import { SqsQueue, type SqsQueueProps } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { mostTries } from '../lib/kit/context.ts';
import type { AlarmProps, Alarms } from './alarms.ts';
import type { Unit } from './context.ts';
import { acknowledge } from './nag.ts';

type Said = Pick<AlarmProps, 'impact' | 'runbook'>;

export interface WatchedQueueProps {
  /** Who reads it, a message at a time. */
  readonly unit: Unit;
  /** Instances that read at once, 2 at least. */
  readonly readers: number;
  /** What waits longer is lost. */
  readonly retention: Duration;
  readonly alarms: Alarms;
  /** Its title on the dashboard. */
  readonly title: string;
  /** Told when a message was set aside. */
  readonly givenUp: Said;
  /** Told when one has waited for 15 minutes. */
  readonly waiting: Said;
}

/** A queue of `scope` with its reader, a dead-letter queue for both ways of failing, and alarms for them. */
export class WatchedQueue {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, props: WatchedQueueProps) {
    const { unit, readers, retention } = props;
    const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetters = new Queue(scope, 'DeadLetters', { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(scope, 'Queue', {
      ...common,
      retentionPeriod: retention,
      visibilityTimeout: Duration.seconds(unit.timeoutSeconds * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: mostTries },
    });
    this.queue.grantConsumeMessages(unit.fn);
    const mapping = new EventSourceMapping(scope, 'Mapping', {
      target: unit.fn,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: readers,
    });
    this.name(props.title);
    acknowledge(this.deadLetters, 'deadLetters');
    acknowledge(mapping, 'queueMapping');
    this.watch(scope, props);
  }

  /** The queue as a rule's target. */
  target(more: Pick<SqsQueueProps, 'message'> = {}): SqsQueue {
    const { deadLetters } = this;
    const patience = { maxEventAge: Duration.hours(2), retryAttempts: 8 };
    return new SqsQueue(this.queue, { deadLetterQueue: deadLetters, ...patience, ...more });
  }

  /** Names of queues are made by CloudFormation, and cut: operators know them by these. */
  private name(reader: string): void {
    const stack = Stack.of(this.queue);
    const installation = (stack.nestedStackParent ?? stack).stackName;
    for (const [queue, holds] of [
      [this.queue, 'events'],
      [this.deadLetters, 'dead-letters'],
    ] as const)
      for (const [name, value] of Object.entries({ installation, reader, holds }))
        Tags.of(queue).add(name, value);
  }

  private watch(scope: Construct, { alarms, title, givenUp, waiting }: WatchedQueueProps): void {
    const setAside = this.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' });
    alarms.add(scope, 'DeadLettersAlarm', { metric: setAside, threshold: 1, ...givenUp });
    alarms.add(scope, 'StaleQueueAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      threshold: Duration.minutes(15).toSeconds(),
      ...waiting,
    });
    alarms.graph(title, this.queue.metricNumberOfMessagesReceived(), setAside);
  }
}
