import { AsyncLocalStorage } from 'node:async_hooks';
import { type Around, ServiceError } from '../../lib/aws/aws-json.ts';
import { client } from '../../lib/aws/dynamo.ts';
import { Crash, cancelled, conflict, isRead } from './faults.ts';

/** What becomes of one attempt of a call, inside the client's retries. */
export const storms = [
  'reply lost',
  'error before send',
  'conflict',
  'throttled',
  'crash before',
  'crash after',
] as const;
export type Storm = (typeof storms)[number];

/** One attempt of a call to a service. */
export interface Attempt {
  readonly operation: string;
  readonly read: boolean;
  readonly input: Readonly<Record<string, unknown>>;
}

/** One process that serves one call: its faults, and its clock (ms off the true time). */
export interface Process {
  readonly skewMs?: number;
  /** Asked before each attempt. */
  readonly meets?: (attempt: Attempt) => Storm | undefined;
  /** Waited for before each attempt; answers what is to be told when the attempt is over. */
  readonly gate?: (attempt: Attempt) => Promise<() => void>;
  /** Told after each write that the store took. */
  readonly wrote?: (attempt: Attempt) => void;
}

interface Running extends Process {
  dead: boolean;
}
const running = new AsyncLocalStorage<Running>();

/** The process that this runs in, if it is one of ours. */
export const currentProcess = (): (Process & { dead: boolean }) | undefined => running.getStore();

/** How often each kind of fault was really injected. */
export const injected = new Map<string, number>();
export const count = (kind: string, times = 1): void =>
  void injected.set(kind, (injected.get(kind) ?? 0) + times);

/** Runs something as one process. `dead`: it has crashed, and whatever it answered was heard by nobody. */
export async function as<T>(
  process: Process,
  run: () => Promise<T>,
): Promise<{ dead: boolean; result: PromiseSettledResult<T> }> {
  const one: Running = { ...process, dead: false };
  const [result] = await Promise.allSettled([running.run(one, run)]);
  return { dead: one.dead, result: result as PromiseSettledResult<T> };
}

let exposed = false;

/** Exposes the client of the store to the weather, inside its retries, between which nobody waits. */
export function expose(): void {
  if (exposed) return;
  exposed = true;
  client().around('attempt', weather);
  client().pause = async () => undefined;
}

const weather: Around = async (call, next) => {
  const process = running.getStore();
  if (!process) return next(call);
  if (process.dead) throw new Crash();
  const { operation } = call;
  const attempt = { operation, read: isRead(operation), input: call.input as Attempt['input'] };
  const told = await process.gate?.(attempt);
  try {
    return await through(process, attempt, () => next(call));
  } finally {
    told?.();
  }
};

async function through(process: Running, attempt: Attempt, send: () => Promise<object>): Promise<object> {
  if (process.dead) throw new Crash();
  const storm = process.meets?.(attempt);
  if (storm) count(storm);
  if (storm === 'crash before' || storm === 'crash after') process.dead = true;
  if (storm === 'crash before') throw new Crash();
  if (storm === 'error before send') throw serverError();
  if (storm === 'conflict') throw conflict(attempt.operation);
  if (storm === 'throttled') throw throttle(attempt.operation);
  const answer = await send();
  if (!attempt.read) process.wrote?.(attempt);
  if (storm === 'crash after') throw new Crash();
  if (storm === 'reply lost') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  return answer;
}

const serverError = () =>
  new ServiceError(500, {
    __type: 'InternalServerError',
    message: 'We encountered an internal server error',
  });

function throttle(operation: string): Error {
  const message = 'Throughput exceeds the current capacity';
  return operation === 'TransactWriteItems'
    ? cancelled([{ Code: 'ThrottlingError', Message: message }])
    : new ServiceError(400, { __type: 'ProvisionedThroughputExceededException', message });
}
