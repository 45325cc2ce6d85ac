import { Duration } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { mostTries, type Subscriber } from '../lib/kit/context.ts';
import type { Alarms } from './alarms.ts';
import type { Unit } from './context.ts';
import { acknowledge } from './nag.ts';

/** Instances that one queue may occupy: more than are reserved would turn waiting into failed tries. */
export const readersPerQueue = 5;

/** Our own bus; every event on it is kept for 30 days and can be replayed. */
export function makeBus(scope: Construct, name: string): EventBus {
  const bus = new EventBus(scope, 'Bus', { eventBusName: name, description: 'Events of Quartermaster' });
  bus.archive('Archive', {
    description: 'Replays what consumers have missed',
    eventPattern: { source: ['quartermaster'] },
    retention: Duration.days(30),
  });
  return bus;
}

export interface ReactionProps {
  readonly subscriber: Subscriber;
  readonly bus: EventBus;
  readonly unit: Unit;
  readonly alarms: Alarms;
}

/** One reaction: rule → queue → function, with a dead-letter queue for both ways of failing. */
export class Reaction extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { subscriber, bus, unit, alarms }: ReactionProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(unit.timeoutSeconds * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: mostTries },
    });
    const foreign = 'source' in subscriber.on;
    new Rule(this, 'Rule', {
      description: `Wakes ${subscriber.id}`,
      eventPattern: pattern(subscriber),
      ...(foreign ? {} : { eventBus: bus }),
      targets: [
        new SqsQueue(this.queue, {
          deadLetterQueue: this.deadLetters,
          maxEventAge: Duration.hours(2),
          retryAttempts: 8,
        }),
      ],
    });
    this.queue.grantConsumeMessages(unit.fn);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: unit.fn,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: readersPerQueue,
    });
    acknowledge(this.deadLetters, 'deadLetters');
    acknowledge(mapping, 'queueMapping');
    this.watch(subscriber, alarms);
  }

  private watch({ id, impact }: Subscriber, alarms: Alarms): void {
    alarms.add(this, 'DeadLettersAlarm', {
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      threshold: 1,
      impact: `${impact} Some events were given up by ${id}.`,
      runbook: 'dead-letters',
    });
    alarms.add(this, 'StaleQueueAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      threshold: Duration.minutes(15).toSeconds(),
      impact: `${impact} Events have waited for ${id} for 15 minutes.`,
      runbook: 'stale-queue',
    });
    alarms.graph(
      id,
      this.queue.metricNumberOfMessagesReceived(),
      this.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
    );
  }
}

function pattern({ on }: Subscriber): EventPattern {
  return 'source' in on
    ? { source: [on.source], detailType: [...on.detailTypes] }
    : { source: ['quartermaster'], detailType: [on.type] };
}
