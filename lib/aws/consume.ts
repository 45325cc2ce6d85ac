import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { mostTries, ownEvents, type Subscriber } from '../kit/context.ts';
import { type Envelope, envelope } from '../kit/event.ts';
import { Problem } from '../kit/problem.ts';
import { reachAt } from '../kit/reach.ts';
import { log } from './log.ts';
import { postpone } from './queue.ts';
import { asItself, within } from './tenant-session.ts';

/** What EventBridge puts into a queue. */
interface Delivered {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly detail: unknown;
}

/** A Lambda handler for queues of bus events: each record succeeds or fails alone, and waits longer after each failure. */
export function consume(subscribers: readonly Subscriber[]) {
  const handler = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed: { itemIdentifier: string }[] = [];
    for (const record of Records) {
      try {
        await react(subscribers, record);
      } catch (error) {
        log().error('reaction failed', { messageId: record.messageId, ...trace(error as Error) });
        if (isLast(record)) log().error('dead letter', obituary(record, error as Error));
        failed.push({ itemIdentifier: record.messageId });
        await postpone(record);
      }
    }
    return { batchItemFailures: failed };
  };
  return middy<SQSEvent, SQSBatchResponse>().handler(handler);
}

const isLast = ({ attributes }: SQSRecord) => Number(attributes?.ApproximateReceiveCount) >= mostTries;

/** Why an event is given up: ids, names and codes. Kept as long as the log, longer than the dead letter itself. */
function obituary({ body, eventSourceARN }: SQSRecord, error: Error) {
  const { detail, ...delivered } = readable(body);
  const { id = delivered.id, tenant } = (detail ?? {}) as Partial<Envelope>;
  return {
    eventId: id,
    type: delivered['detail-type'],
    tenant: tenant?.id,
    queue: eventSourceARN?.split(':').at(-1),
    reason: error instanceof Problem ? error.type.code : error.name,
  };
}

/** Where an error came from. What it says may quote what nobody is to read: a secret, a person's name. */
function trace(error: Error & { code?: unknown }) {
  const { name, message, stack = '', code } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return {
    error: name,
    code: error instanceof Problem ? error.type.code : typeof code === 'string' ? code : undefined,
    at: frames.filter((one) => /^\s+at .+:\d+:\d+\)?$/.test(one)).map((one) => one.trim()),
  };
}

function readable(body: string): Partial<Delivered> {
  try {
    return (JSON.parse(body) as Delivered | null) ?? {};
  } catch {
    return {};
  }
}

async function react(subscribers: readonly Subscriber[], record: SQSRecord): Promise<void> {
  const delivered = JSON.parse(record.body) as Delivered;
  const matching = subscribers.filter((one) => isFor(one, delivered));
  if (matching.length === 0) throw new Error(`No subscriber for ${delivered['detail-type']}`);
  for (const one of matching) {
    const seen = ownEvents(one) ? open(one, delivered) : foreign(delivered);
    log().info('reaction', { subscriber: one.id, eventId: seen.id, type: seen.type });
    await asItself(() => inTenant(seen, () => one.handle(seen)));
  }
}

// What we announce says in whose record it stands; what others say names nobody.
const inTenant = ({ tenant }: Envelope, work: () => Promise<void>): Promise<void> =>
  tenant.id === '' ? work() : within(Promise.resolve(reachAt(tenant.path)), work);

function isFor(one: Subscriber, delivered: Delivered): boolean {
  if (!('source' in one.on))
    return delivered.source === 'quartermaster' && contractOf(one, delivered) !== undefined;
  return one.on.source === delivered.source && one.on.detailTypes.includes(delivered['detail-type']);
}

const contractOf = (one: Subscriber, delivered: Delivered) =>
  ownEvents(one)?.find(({ type }) => type === delivered['detail-type']);

function open(one: Subscriber, delivered: Delivered): Envelope {
  const contract = contractOf(one, delivered);
  if (!contract) throw new Error('Only our own events have a contract');
  const whole = envelope.parse(delivered.detail) as Envelope;
  return { ...whole, data: contract.data.parse(whole.data) };
}

function foreign(delivered: Delivered): Envelope {
  return {
    id: delivered.id,
    type: delivered['detail-type'],
    source: 'quartermaster',
    at: delivered.time,
    tenant: { id: '', providerId: '', path: [] },
    actor: { id: delivered.source, kind: 'system', home: '' },
    subject: delivered.id,
    data: delivered.detail,
    traceId: delivered.id,
  };
}
