import { AsyncLocalStorage } from 'node:async_hooks';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { client } from '../../lib/aws/db.ts';
import { Crash, conflict, isRead } from './faults.ts';

/** What becomes of one attempt of a call, inside the SDK's retries. */
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
  readonly command: string;
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

const exposed = new WeakSet<object>();
interface Stack {
  readonly middlewareStack: {
    add: (middleware: never, options: never) => void;
    remove: (name: string) => boolean;
  };
  readonly config: object;
}

/** Exposes a client of the SDK to the weather, inside its retries. It keeps its middleware after its first call. */
export function expose(one: Stack = client() as never): void {
  if (exposed.has(one)) return;
  exposed.add(one);
  hasten(one.config as never);
  // Tests' way round the SDK's retries, where there is no weather.
  one.middlewareStack.remove('brief');
  const options = { step: 'finalizeRequest', priority: 'low', name: 'weather' };
  one.middlewareStack.add(weather as never, options as never);
}

type Next = (args: { input: Record<string, unknown> }) => Promise<unknown>;

const weather = (next: Next, { commandName = '' }: { commandName?: string }) => {
  return async (args: { input: Record<string, unknown> }) => {
    const process = running.getStore();
    if (!process) return next(args);
    if (process.dead) throw new Crash();
    const attempt = { command: commandName, read: isRead(commandName), input: args.input };
    const told = await process.gate?.(attempt);
    try {
      return await through(process, attempt, () => next(args));
    } finally {
      told?.();
    }
  };
};

async function through(process: Running, attempt: Attempt, send: () => Promise<unknown>): Promise<unknown> {
  if (process.dead) throw new Crash();
  const storm = process.meets?.(attempt);
  if (storm) count(storm);
  if (storm === 'crash before' || storm === 'crash after') process.dead = true;
  if (storm === 'crash before') throw new Crash();
  if (storm === 'error before send') throw serverError();
  if (storm === 'conflict') throw conflict(attempt.command);
  if (storm === 'throttled') throw throttle(attempt.command);
  const answer = await send();
  if (!attempt.read) process.wrote?.(attempt);
  if (storm === 'crash after') throw new Crash();
  if (storm === 'reply lost') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  return answer;
}

const serverError = () =>
  Object.assign(new Error('We encountered an internal server error'), {
    name: 'InternalServerError',
    $fault: 'server',
    $metadata: { httpStatusCode: 500 },
  });

function throttle(command: string): Error {
  const message = 'Throughput exceeds the current capacity';
  if (command !== 'TransactWriteItemsCommand')
    return Object.assign(new Error(message), {
      name: 'ProvisionedThroughputExceededException',
      $metadata: { httpStatusCode: 400 },
    });
  const CancellationReasons = [{ Code: 'ThrottlingError', Message: message }];
  return new TransactionCanceledException({ message, $metadata: {}, CancellationReasons });
}

interface Token {
  readonly getRetryDelay: () => number;
}
interface Strategy {
  readonly acquireInitialRetryToken: (scope: string) => Promise<Token>;
  readonly refreshRetryTokenForRetry: (token: Token, error: unknown) => Promise<Token>;
  readonly recordSuccess: (token: Token) => void;
}

/** As many attempts as ever, of the same errors, with the same budget of retries; only nobody waits between them. */
export function hasten(config: { retryStrategy: () => Promise<Strategy> }): void {
  const own = config.retryStrategy;
  config.retryStrategy = async () => {
    const strategy = await own();
    return {
      acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
      refreshRetryTokenForRetry: async (token, error) => {
        const fresh = await strategy.refreshRetryTokenForRetry(token, error);
        return Object.assign(fresh, { getRetryDelay: () => 0 });
      },
      recordSuccess: (token) => strategy.recordSuccess(token),
    };
  };
}
