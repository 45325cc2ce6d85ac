import { Duration } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { ownEvents, type Subscriber } from '../lib/kit/context.ts';
import type { Alarms } from './alarms.ts';
import type { Unit } from './context.ts';
import { WatchedQueue } from './watched-queue.ts';

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
  constructor(scope: Construct, id: string, { subscriber, bus, unit, alarms }: ReactionProps) {
    super(scope, id);
    const { impact } = subscriber;
    const waits = new WatchedQueue(this, {
      unit,
      readers: readersPerQueue,
      retention: Duration.days(4),
      alarms,
      title: subscriber.id,
      givenUp: {
        impact: `${impact} Some events were given up by ${subscriber.id}.`,
        runbook: 'dead-letters',
      },
      waiting: {
        impact: `${impact} Events have waited for ${subscriber.id} for 15 minutes.`,
        runbook: 'stale-queue',
      },
    });
    const foreign = 'source' in subscriber.on;
    new Rule(this, 'Rule', {
      description: `Wakes ${subscriber.id}`,
      eventPattern: pattern(subscriber),
      ...(foreign ? {} : { eventBus: bus }),
      targets: [waits.target()],
    });
  }
}

function pattern(subscriber: Subscriber): EventPattern {
  const { on } = subscriber;
  return 'source' in on
    ? { source: [on.source], detailType: [...on.detailTypes] }
    : { source: ['quartermaster'], detailType: ownEvents(subscriber)?.map(({ type }) => type) ?? [] };
}
