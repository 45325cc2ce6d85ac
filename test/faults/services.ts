import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Crash } from '../kit/faults.ts';
import type { ReceivedMail } from '../kit/mailbox.ts';
import { count, currentProcess } from '../kit/weather.ts';
import { type Dice, deckOf } from './dice.ts';

/** An event as it stands on the bus. */
export interface OnBus {
  readonly source: string;
  readonly type: string;
  readonly detail: string;
}

/** What stands in for the bus, for SES and for the queues' service: what they took, and how they fail. */
export interface Services {
  readonly bus: OnBus[];
  readonly mails: Pick<ReceivedMail, 'messageId' | 'to' | 'tags'>[];
  readonly refusedMails: string[];
  postponed: number;
  readonly restore: () => void;
}

interface Entry {
  Source: string;
  DetailType: string;
  Detail: string;
}
interface Letter {
  Destination: { ToAddresses: string[] };
  Tags: { Name: string; Value: string }[];
}
type Send = (this: object, ...given: unknown[]) => Promise<unknown>;

const refusal = (name: string, status = 400) =>
  Object.assign(new Error(name), { name, $fault: 'client', $metadata: { httpStatusCode: status } });

/**
 * Takes the place of three services, in the SDK's clients themselves; `storms` of the bus's faults are left. Files that
 * have a process of their own.
 */
export function standIn(dice: Dice, storms = 1): Services {
  const services: Services = { bus: [], mails: [], refusedMails: [], postponed: 0, restore: () => undo() };
  const fate = deckOf(dice, fates);
  const undo = [
    replace(EventBridgeClient, (input) => put(services, { dice, storms }, input as { Entries: Entry[] })),
    replace(SESClient, (input) => mail(services, fate(), input as Letter)),
    replace(SQSClient, async () => ({ postponed: services.postponed++ })),
  ].reduce((all, one) => () => {
    all();
    one();
  });
  return services;
}

const options = { step: 'finalizeRequest', priority: 'low', name: 'standIn' };

/** Answers inside the SDK's retries, in place of the network. */
function replace(client: { prototype: object }, answer: (input: unknown) => Promise<unknown>): () => void {
  const { prototype } = client as { prototype: { send?: Send } };
  const own = prototype.send as Send;
  const seen = new WeakSet<object>();
  const middleware = () => async (args: { input: unknown }) => {
    if (currentProcess()?.dead) throw new Crash();
    return { response: {}, output: { $metadata: {}, ...((await answer(args.input)) as object) } };
  };
  prototype.send = function (...given) {
    const { middlewareStack, config } = this as { middlewareStack: { add: unknown }; config: unknown };
    if (!seen.has(this)) {
      (middlewareStack as { add: (one: unknown, how: unknown) => void }).add(middleware, options);
      hasten(config as never);
    }
    seen.add(this);
    return own.apply(this, given);
  };
  return () => {
    delete prototype.send;
  };
}

async function put(
  { bus }: Services,
  { dice, storms }: { dice: Dice; storms: number },
  { Entries }: { Entries: Entry[] },
): Promise<unknown> {
  if (dice.chance(0.2 * storms)) {
    count('PutEvents: throttled');
    throw refusal('ThrottlingException');
  }
  const lost = dice.chance(0.25 * storms);
  const partial = !lost && dice.chance(0.55 * storms);
  const taken = Entries.map((one) => {
    if (partial && dice.chance(0.4)) return { ErrorCode: 'ThrottlingException' };
    bus.push({ source: one.Source, type: one.DetailType, detail: one.Detail });
    return { EventId: 'taken' };
  });
  const FailedEntryCount = taken.filter(({ EventId }) => !EventId).length;
  if (FailedEntryCount > 0) count('PutEvents: taken in part');
  if (lost) {
    count('PutEvents: answer lost');
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }
  return { FailedEntryCount, Entries: taken };
}

/** What becomes of a letter. Of nine attempts five are the last ones. */
const fates = [
  ...(['throttled', 'throttled', 'rejected', 'rejected', 'accepted, then crashed'] as const),
  ...(['accepted, then crashed', 'accepted', 'accepted', 'accepted'] as const),
];

let sent = 0;

async function mail(
  services: Services,
  fate: (typeof fates)[number],
  { Destination, Tags }: Letter,
): Promise<unknown> {
  const to = Destination.ToAddresses;
  if (fate !== 'accepted') count(`SES: ${fate}`);
  if (fate === 'throttled') throw refusal('Throttling');
  if (fate === 'rejected') {
    services.refusedMails.push(...to);
    throw refusal('MessageRejected');
  }
  const messageId = `mail-${++sent}`;
  services.mails.push({
    messageId,
    to,
    tags: Object.fromEntries(Tags.map(({ Name, Value }) => [Name, Value])),
  });
  if (fate === 'accepted') return { MessageId: messageId };
  Object.assign(currentProcess() ?? {}, { dead: true });
  throw new Crash();
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
function hasten(config: { retryStrategy: () => Promise<Strategy> }): void {
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
