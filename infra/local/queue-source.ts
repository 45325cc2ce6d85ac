import type { Guard } from './iam.ts';
import type { LocalFunction } from './lambda.ts';
import { matches } from './pattern.ts';
import type { Message, Queue } from './queue.ts';
import type { Source } from './source.ts';

export interface QueueMapping {
  readonly queue: Queue;
  readonly target: LocalFunction;
  readonly region: string;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly partial: boolean;
  /** How long a failed message waits for its next try. */
  readonly retrySeconds: number;
  readonly filters: readonly unknown[];
  readonly guard: Guard;
}

/** Feeds a queue to a function as Lambda does: batches, partial failures, retries after the visibility timeout. */
export function pollQueue(mapping: QueueMapping): Source {
  const { queue, target } = mapping;
  let running = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const pump = () => {
    clearTimeout(timer);
    // Its store may be closed by now.
    if (stopped) return;
    while (running < mapping.concurrency) {
      const messages = queue.receive(mapping.batchSize);
      if (messages.length === 0) break;
      running++;
      void handle(messages).finally(() => {
        running--;
        pump();
      });
    }
    const next = queue.nextAt();
    if (next !== undefined) {
      timer = setTimeout(pump, Math.min(Math.max(next - Date.now(), 20), 60_000));
      timer.unref();
    }
  };

  const handle = async (received: readonly Message[]) => {
    const chosen = received.filter((one) => passes(mapping.filters, one));
    const back = new Set<number>();
    const denial = await mapping.guard.check(target, queueNeeds(queue.arn));
    if (denial) for (const { id } of received) back.add(id);
    else if (chosen.length > 0) {
      const outcome = await target.invoke({ Records: chosen.map((one) => toRecord(one, mapping)) });
      for (const { id } of failed(chosen, outcome, mapping.partial)) back.add(id);
    }
    if (stopped) return;
    queue.release([...back], mapping.retrySeconds);
    queue.remove(received.map(({ id }) => id).filter((id) => !back.has(id)));
  };

  queue.onSend(pump);
  return {
    start() {
      // Lambda polls whether or not there is anything.
      void mapping.guard.check(target, queueNeeds(queue.arn)).then(pump);
    },
    idle: async () => running === 0 && queue.size() === 0,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

export function queueNeeds(arn: string) {
  return ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
    action: `sqs:${action}`,
    resource: arn,
  }));
}

function failed(
  chosen: readonly Message[],
  outcome: Awaited<ReturnType<LocalFunction['invoke']>>,
  partial: boolean,
): readonly Message[] {
  if (!outcome.ok) return chosen;
  if (!partial) return [];
  const answer = JSON.parse(outcome.payload) as {
    batchItemFailures?: { itemIdentifier?: string }[] | null;
  } | null;
  const identifiers = (answer?.batchItemFailures ?? []).map((one) => one.itemIdentifier);
  // As in AWS, an identifier that names no message fails the whole batch.
  if (identifiers.some((one) => !chosen.some(({ messageId }) => messageId === one))) return chosen;
  return chosen.filter(({ messageId }) => identifiers.includes(messageId));
}

function passes(filters: readonly unknown[], message: Message): boolean {
  if (filters.length === 0) return true;
  let body: unknown = message.body;
  try {
    body = JSON.parse(message.body);
  } catch {
    // a body that is no JSON is matched as text
  }
  return filters.some((filter) => matches(filter, { messageId: message.messageId, body }));
}

function toRecord(message: Message, { queue, region }: QueueMapping) {
  return {
    messageId: message.messageId,
    receiptHandle: String(message.id),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: 'AIDALOCAL',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      ...message.attributes,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region,
  };
}
