import { randomUUID } from 'node:crypto';
import type { Guard } from './iam.ts';
import { matches } from './pattern.ts';
import { missingInvocation, missingSend, permittedInvocations, permittedQueues } from './permissions.ts';
import type { Queue } from './queue.ts';
import type { Store } from './store.ts';
import type { Stack } from './template.ts';

export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources: readonly string[];
  readonly time?: string;
}

/** The event buses of the stack and the account's default one. */
export interface Bus {
  has(bus: string): boolean;
  /** Puts an event durably into every queue that a rule sends it to. Returns the event's id. */
  put(bus: string, event: BusEvent): string;
  /** Runs the targets of a schedule's rule. */
  fire(ruleId: string): void;
}

export interface Target {
  readonly Arn: string;
  readonly Id?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: unknown;
}

interface RuleProperties {
  readonly EventBusName?: string;
  readonly EventPattern?: unknown;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: Target[];
}

export interface BusOptions {
  readonly stack: Stack;
  readonly store: Store;
  /** Queues of the stack by ARN, and the asynchronous invocation queue of each function by its ARN. */
  readonly queues: ReadonlyMap<string, Queue>;
  readonly guard: Guard;
}

export function makeBus(options: BusOptions): Bus {
  const { stack, store, queues } = options;
  const rules = stack
    .all<RuleProperties>('AWS::Events::Rule')
    .filter(({ properties }) => properties.State !== 'DISABLED')
    .map(({ id, properties }) => ({ id, bus: busName(properties.EventBusName), ...properties }));
  for (const { id, Targets } of rules) {
    for (const target of Targets ?? []) {
      if (!queues.has(target.Arn))
        throw new Error(`Rule ${id}: the target ${target.Arn} is not known locally`);
      if (target.InputTransformer) throw new Error(`Rule ${id}: InputTransformer is not known locally`);
    }
  }
  const buses = new Set([
    'default',
    ...stack.all<{ Name?: string }>('AWS::Events::EventBus').map(nameOf(stack)),
  ]);

  const permitted = new Set([
    ...permittedQueues(stack),
    ...permittedInvocations(stack, 'events.amazonaws.com'),
  ]);
  const refusal = (arn: string) =>
    arn.includes(':sqs:') ? missingSend(arn) : missingInvocation(arn, 'events.amazonaws.com');
  const deliver = (targets: readonly Target[], event: Record<string, unknown>) => {
    for (const target of targets) {
      if (permitted.has(target.Arn)) queues.get(target.Arn)?.send(inputOf(target, event));
      else options.guard.refuse(refusal(target.Arn));
    }
  };

  return {
    has: (bus) => buses.has(busName(bus)),
    put(bus, { source, detailType, detail, resources, time }) {
      const event = {
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source,
        account: stack.place.account,
        time: `${(time ?? new Date().toISOString()).slice(0, 19)}Z`,
        region: stack.place.region,
        resources,
        detail,
      };
      store.together(() => {
        for (const rule of rules) {
          if (rule.bus === busName(bus) && rule.EventPattern && matches(rule.EventPattern, event)) {
            deliver(rule.Targets ?? [], event);
          }
        }
      });
      return event.id;
    },
    fire(ruleId) {
      const rule = rules.find((one) => one.id === ruleId);
      const event = {
        version: '0',
        id: randomUUID(),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: stack.place.account,
        time: `${new Date().toISOString().slice(0, 19)}Z`,
        region: stack.place.region,
        resources: [`arn:aws:events:${stack.place.region}:${stack.place.account}:rule/${ruleId}`],
        detail: {},
      };
      store.together(() => deliver(rule?.Targets ?? [], event));
    },
  };
}

function inputOf(target: Target, event: Record<string, unknown>): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath === undefined || target.InputPath === '$') return JSON.stringify(event);
  const path = target.InputPath.replace(/^\$\.?/, '').split('.');
  let value: unknown = event;
  for (const part of path) value = (value as Record<string, unknown> | undefined)?.[part];
  return JSON.stringify(value ?? null);
}

function busName(nameOrArn: string | undefined): string {
  return nameOrArn?.split('/').pop() ?? 'default';
}

function nameOf(stack: Stack) {
  return (one: { id: string; properties: { Name?: string } }) =>
    one.properties.Name ?? `${stack.place.stackName}-${one.id}`;
}
