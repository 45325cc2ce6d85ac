import { join } from 'node:path';
import { openAsynchronous } from './asynchronous.ts';
import type { TableShape } from './aws-request.ts';
import { type Buckets, openBuckets } from './buckets.ts';
import { type Bus, makeBus } from './bus.ts';
import type { Doors } from './doors.ts';
import { type Denial, type Guard, makeGuard } from './iam.ts';
import { type LocalFunction, makeFunctions } from './lambda.ts';
import { readResourcePolicies, readRoles, readTrust } from './policies.ts';
import type { Queue } from './queue.ts';
import { readSchedules } from './schedule.ts';
import { openSes, type Ses } from './ses.ts';
import { openSessions, type Sessions } from './sessions.ts';
import type { Source } from './source.ts';
import { mapSources, openQueues } from './sources.ts';
import type { Stops } from './stops.ts';
import type { Store } from './store.ts';
import { readTables } from './tables.ts';
import type { Stack } from './template.ts';

/** The stack's resources, alive. */
export interface Parts {
  readonly tables: ReadonlyMap<string, TableShape>;
  readonly functions: readonly LocalFunction[];
  readonly guard: Guard;
  readonly bus: Bus;
  readonly ses: Ses;
  readonly buckets: Buckets;
  readonly sessions: Sessions;
  readonly queues: ReadonlyMap<string, Queue>;
  /** Streams, queues and asynchronous invocations. */
  readonly sources: readonly Source[];
  readonly schedules: readonly Source[];
  /** Looks for stream records at once. */
  nudge(): void;
}

export interface PartsOptions {
  readonly stack: Stack;
  readonly store: Store;
  readonly engine: string;
  readonly doors: Doors;
  /** Folder of logs and given-up records. */
  readonly dir: string;
  readonly longestSeconds: number;
  readonly hourSeconds: number;
  readonly warn: (sentence: string) => void;
  readonly stops: Stops;
}

/** Makes everything of the template that runs; nothing has started yet. */
export function makeParts(options: PartsOptions): Parts {
  const { stack, store, doors, dir, longestSeconds, hourSeconds, warn, stops } = options;
  const functions = makeFunctions(stack, { endpoint: doors.controlUrl, logs: join(dir, 'logs') });
  stops.push(async () => void (await Promise.all(functions.map((one) => one.stop()))));
  const guard = makeGuard({
    ...{ functions, roles: readRoles(stack) },
    resourcePolicies: new Map([...readResourcePolicies(stack), ...readTrust(stack)]),
    report: (denial) => warn(describeDenial(denial)),
  });
  const queues = openQueues(stack, store, longestSeconds);
  const invocations = functions.map((target) =>
    openAsynchronous({ stack, store, target, queues, longestSeconds }),
  );
  const targets = new Map([...queues, ...invocations.map(({ queue }) => [queue.arn, queue] as const)]);
  const bus = makeBus({ stack, store, guard, queues: targets });
  const mapped = mapSources({
    ...{ stack, store, functions, guard, queues, longestSeconds, warn },
    engine: options.engine,
    failures: join(dir, 'failures'),
  });
  return {
    ...{ functions, guard, bus, queues },
    sessions: openSessions(),
    tables: readTables(stack),
    buckets: openBuckets(stack, join(dir, 'objects')),
    ses: openSes({ stack, store, inbox: doors.inbox, bus }),
    sources: [...mapped, ...invocations].map(({ source }) => source),
    schedules: readSchedules({ stack, store, bus, queues: targets, hourSeconds }),
    nudge() {
      for (const { nudge } of mapped) nudge?.();
    },
  };
}

/** The function that adds claims at sign-in: of the user pool, else the one that the stack names in its outputs. */
export function findTrigger(stack: Stack, functions: readonly LocalFunction[]): LocalFunction | undefined {
  const pools = stack.all<{ LambdaConfig?: { PreTokenGenerationConfig?: { LambdaArn?: string } } }>(
    'AWS::Cognito::UserPool',
  );
  const arn = pools[0]?.properties.LambdaConfig?.PreTokenGenerationConfig?.LambdaArn;
  const output = (stack.template.Outputs?.PreTokenFunction?.Value as { Ref?: string } | undefined)?.Ref;
  return functions.find((one) => one.arn === arn || one.id === output);
}

/** Messages in the stack's dead-letter queues, by queue. */
export function countDeadLetters(stack: Stack, { queues }: Parts): Record<string, number> {
  const graves = new Set(
    stack
      .all<{ RedrivePolicy?: { deadLetterTargetArn?: string } }>('AWS::SQS::Queue')
      .map(({ properties }) => properties.RedrivePolicy?.deadLetterTargetArn),
  );
  const found = [...queues.values()].filter(({ arn }) => graves.has(arn));
  return Object.fromEntries(found.map((queue) => [queue.name, queue.size()]));
}

/** True when nothing waits and nothing is under way, twice in a row. */
export async function isIdle({ sources }: Parts): Promise<boolean> {
  for (const source of [...sources, ...sources]) if (!(await source.idle())) return false;
  return true;
}

function describeDenial({ function: name, action, resource, context, missing }: Denial): string {
  const keys = context?.['dynamodb:LeadingKeys'];
  const where = keys ? ` (leading keys ${[keys].flat().join(', ')})` : '';
  return `IAM denied ${name}: ${action} on ${resource}${where}. Missing statement: ${JSON.stringify(missing)}`;
}
