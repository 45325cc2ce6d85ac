import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule as Timing } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Context, Schedule } from '../lib/kit/context.ts';
import type { Alarms } from './alarms.ts';
import { pascal } from './bundle.ts';
import { type Resources, Unit } from './context.ts';
import { WatchedQueue } from './watched-queue.ts';

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
  constructor(scope: Construct, id: string, { schedule, unit, alarms }: ClockProps) {
    super(scope, id);
    const { impact } = schedule;
    const waits = new WatchedQueue(this, {
      unit,
      readers,
      retention: Duration.hours(12),
      alarms,
      title: schedule.id,
      givenUp: { impact: `${impact} A run of ${schedule.id} was given up.`, runbook: 'missed-schedule' },
      waiting: {
        impact: `${impact} A run of ${schedule.id} has waited for 15 minutes.`,
        runbook: 'missed-schedule',
      },
    });
    new Rule(this, 'Rule', {
      description: `Starts ${schedule.id}`,
      schedule: Timing.expression(schedule.every),
      targets: [waits.target({ message: RuleTargetInput.fromObject({ schedule: schedule.id }) })],
    });
  }
}
