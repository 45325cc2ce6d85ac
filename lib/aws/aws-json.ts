import { type Answer, exchange, placeOf } from './exchange.ts';
import { type Credentials, signed } from './sign.ts';
import { backoff } from './world.ts';

/** A service that speaks AWS JSON: POST / with `X-Amz-Target`. Source: smithy.io, AWS JSON 1.0 and 1.1 protocols. */
export interface Service {
  /** As in its endpoint and in the scope of a signature. */
  readonly name: string;
  /** What its operations' names follow. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** The variable that may name another endpoint. */
  readonly endpoint: string;
}

/** One call of a service. */
export interface Call {
  readonly operation: string;
  readonly input: object;
}

type Send = (call: Call) => Promise<object>;
/** What stands round calls: it may look at one, change it, answer in its place, or refuse it. */
export type Around = (call: Call, next: Send) => Promise<object>;

/** What a service said in refusing a call: its code is the name, what else it said are properties. */
export class ServiceError extends Error {
  readonly status: number;
  constructor(status: number, said: Readonly<Record<string, unknown>>) {
    const { __type, message, Message, ...more } = said;
    super(String(message ?? Message ?? `HTTP ${status}`));
    Object.assign(this, more);
    this.name = String(__type ?? 'UnknownError')
      .split('#')
      .at(-1) as string;
    this.status = status;
  }
}

/**
 * A client of one service: signs, sends, and sends again what may pass by itself, three times at most. In place of the
 * SDK's, which takes most of the processor's time that a request of ours has and is most of what a function loads.
 */
export interface Client {
  /** @throws ServiceError; an Error with a `code`, or named `TimeoutError`, where nobody answered. */
  send(operation: string, input: object): Promise<object>;
  /** Puts something round every call, or round every attempt of one. What was put there before stands outside. */
  around(part: 'call' | 'attempt', one: Around): void;
  /** Waits before the next attempt; the first one that failed is 1. */
  pause: (attempt: number) => Promise<void>;
  /** How one attempt reaches the service. */
  exchange: typeof exchange;
}

const mostAttempts = 3;
// A service that fails altogether is not asked three times as often: as the SDK, by the same figures.
const budget = { most: 500, retry: 5, timeout: 10, success: 1 };

export function awsJson(service: Service, credentials: () => Promise<Credentials>): Client {
  const around = { call: [] as Around[], attempt: [] as Around[] };
  let left = budget.most;
  let aheadMs = 0;

  const attempt = async ({ operation, input }: Call): Promise<object> => {
    const place = placeOf(service.name, service.endpoint);
    const body = JSON.stringify(input);
    const headers = {
      'content-type': `application/x-amz-json-${service.version}`,
      'x-amz-target': `${service.target}.${operation}`,
    };
    const region = process.env.AWS_REGION ?? '';
    const request = {
      method: 'POST',
      path: place.pathname,
      service: service.name,
      region,
      host: place.host,
    } as const;
    const by = await credentials();
    const made = signed({ ...request, headers, body }, by, Date.now() + aheadMs);
    const answer = await client.exchange({ method: 'POST', place, headers: made, body });
    const said = read(answer);
    if (answer.status < 300) return said;
    const error = new ServiceError(answer.status, said);
    if (skewed.has(error.name)) aheadMs = aheadOf(answer);
    throw error;
  };
  const call = async (one: Call): Promise<object> => {
    let paid = 0;
    for (let tried = 1; ; tried++) {
      try {
        const answer = await through(around.attempt, attempt)(one);
        left = Math.min(budget.most, left + (paid || budget.success));
        return answer;
      } catch (error) {
        paid = (error as Error).name === 'TimeoutError' ? budget.timeout : budget.retry;
        if (tried === mostAttempts || !mayPass(error) || left < paid) throw error;
        left -= paid;
        await client.pause(tried);
      }
    }
  };
  const client: Client = {
    send: (operation, input) => through(around.call, call)({ operation, input }),
    around: (part, one) => void around[part].push(one),
    pause: (tried) => backoff(tried, 25),
    exchange,
  };
  return client;
}

const through = (all: readonly Around[], last: Send): Send =>
  all.reduceRight<Send>((next, one) => (call) => one(call, next), last);

function read({ status, text }: Answer): Record<string, unknown> {
  try {
    return JSON.parse(text || '{}');
  } catch {
    // What stands between us and the service answers in words of its own.
    if (status >= 300) return {};
    throw Object.assign(new Error('The answer is not JSON'), { code: 'ECONNRESET' });
  }
}

/** How far the clock of who answered is ahead of ours (ms). */
export const aheadOf = ({ headers }: Answer): number => Date.parse(headers.date ?? '') - Date.now() || 0;

/** Refusals of a request whose time is not the service's. */
export const skewed: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);
const passing = new Set([
  ...skewed,
  'InternalServerError',
  'InternalFailure',
  'InternalServiceError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const lost = new Set([
  ...['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EPIPE'],
  'ETIMEDOUT',
]);

/** Whether the same call may do better a moment later. Source: AWS SDKs and Tools Reference Guide, retry behaviour. */
export function mayPass(error: unknown): boolean {
  const { name = '', code = '', status = 0 } = error as { name?: string; code?: string; status?: number };
  return status >= 500 || status === 429 || passing.has(name) || lost.has(code);
}
