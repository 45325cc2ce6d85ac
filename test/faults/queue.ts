import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { consume } from '../../lib/aws/consume.ts';
import { mostTries, type Subscriber } from '../../lib/kit/context.ts';
import { as, count } from '../kit/weather.ts';
import type { Dice } from './dice.ts';
import { stormFor } from './schedule.ts';

/** What the bus hands to a queue. */
export interface Message {
  readonly source: string;
  readonly type: string;
  readonly detail: unknown;
}

interface Queued {
  readonly id: string;
  readonly body: string;
  tries: number;
}

/** What became of a queue's messages: how many attempts failed, and what was given up. */
export interface Drained {
  failures: number;
  readonly dead: string[];
}

const batchSize = 4;
const waitMs = 60_000;
let passedMs = 0;

/**
 * Brings messages to a reaction as its queue does: in any order, some of them twice, those that fail again with what
 * comes next; the processes that serve them meet what the store and the clock may bring.
 */
export async function drain(
  subscriber: Subscriber,
  messages: readonly Message[],
  { dice, storms }: { dice: Dice; storms: number },
): Promise<Drained> {
  const out: Drained = { failures: 0, dead: [] };
  const handle = consume([subscriber]);
  let waiting = dice.shuffle(messages).flatMap((one): Queued[] => {
    const again = dice.chance(0.25);
    if (again) count('bus: event twice');
    return Array.from({ length: again ? 2 : 1 }, () => toQueued(one));
  });
  waiting = dice.shuffle(waiting);
  while (waiting.length > 0) {
    const batch = waiting.splice(0, batchSize);
    for (const one of batch) one.tries++;
    const { dead, result } = await as(
      {
        skewMs: passedMs,
        meets: (attempt) => (dice.chance(storms) ? stormFor(attempt, dice) : undefined),
      },
      () => handle({ Records: batch.map(toRecord) } as never, context as never),
    );
    const lost = dead || result.status === 'rejected';
    const answer = lost ? undefined : (result.value as unknown as SQSBatchResponse);
    const failed = batch.filter(
      ({ id }) => !answer || answer.batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === id),
    );
    if (failed.length > 0 && failed.length < batch.length) count('queue: batch failed in part');
    out.failures += failed.length;
    // A queue waits before it tries again: by then what another process had begun is over.
    if (failed.length > 0) passedMs += waitMs;
    for (const one of failed) {
      // Set aside after six tries, and redriven twice.
      if (one.tries < mostTries * 3) waiting.splice(dice.below(waiting.length + 1), 0, one);
      else out.dead.push(one.body);
    }
  }
  return out;
}

const context = { getRemainingTimeInMillis: () => 60_000 };

const toQueued = ({ source, type, detail }: Message): Queued => ({
  id: randomUUID(),
  tries: 0,
  body:
    typeof detail === 'string'
      ? detail
      : JSON.stringify({
          id: randomUUID(),
          source,
          'detail-type': type,
          time: new Date().toISOString(),
          detail,
        }),
});

const toRecord = ({ id, body, tries }: Queued): SQSRecord =>
  ({
    messageId: id,
    body,
    receiptHandle: id,
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:faults',
    attributes: { ApproximateReceiveCount: String(Math.min(tries, mostTries - 1)) },
  }) as unknown as SQSRecord;
