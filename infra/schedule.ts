import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule as Timing } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Context, mostTries, type Schedule } from '../lib/kit/context.ts';
import type { Alarms } from './alarms.ts';
import { pascal } from './bundle.ts';
import { type Resources, Unit } from './context.ts';
import { acknowledge } from './nag.ts';

// EventBridge lets a queue be read by two at least.
const readers = 2;

/** The schedules of a context, run by a function of their own; nothing where it has none. */
export function addSchedules(
  scope: Construct,
  { name, schedules = [], scheduleNeeds }: Context,
  resources: Resources,
): void {
  if (schedules.length === 0) return;
  const unit = new Unit(scope, `${pascal(name)}Schedules`, {
    resources,
    impact: schedules.map(({ impact }) => impact).join(' '),
    needs: scheduleNeeds ?? { table: [] },
    description: `What the clock starts in ${name}`,
    timeoutSeconds: 60,
    concurrency: readers * schedules.length,
  });
  for (const schedule of schedules)
    new Clock(scope, pascal(`${name}-${schedule.id}`), { schedule, unit, alarms: resources.alarms });
}

export interface ClockProps {
  readonly schedule: Schedule;
  readonly unit: Unit;
  readonly alarms: Alarms;
}

/** One schedule: rule → queue → function, with a dead-letter queue for both ways of failing. */
export class Clock extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { schedule, unit, alarms }: ClockProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.hours(12),
      visibilityTimeout: Duration.seconds(unit.timeoutSeconds * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: mostTries },
    });
    new Rule(this, 'Rule', {
      description: `Starts ${schedule.id}`,
      schedule: Timing.expression(schedule.every),
      targets: [
        new SqsQueue(this.queue, {
          message: RuleTargetInput.fromObject({ schedule: schedule.id }),
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
      maxConcurrency: readers,
    });
    acknowledge(this.deadLetters, 'deadLetters');
    acknowledge(mapping, 'queueMapping');
    this.watch(schedule, alarms);
  }

  private watch({ id, impact }: Schedule, alarms: Alarms): void {
    alarms.add(this, 'DeadLettersAlarm', {
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      threshold: 1,
      impact: `${impact} A run of ${id} was given up.`,
      runbook: 'missed-schedule',
    });
    alarms.add(this, 'StaleQueueAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      threshold: Duration.minutes(15).toSeconds(),
      impact: `${impact} A run of ${id} has waited for 15 minutes.`,
      runbook: 'missed-schedule',
    });
    alarms.graph(id, this.queue.metricNumberOfMessagesReceived());
  }
}
