import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { backoff } from './world.ts';

/** A queue of ours with where its messages end that were given up: addresses, as SQS names them. */
export interface Watched {
  /** The subscriber or schedule that reads it. */
  readonly reader: string;
  readonly events: string;
  readonly deadLetters: string;
}

/** A message of a dead-letter queue while we hold it. */
export interface Held {
  readonly id: string;
  readonly handle: string;
  readonly body: string;
  /** When it was sent first (milliseconds since 1970). */
  readonly sentAt: number;
  /** Why it could not be delivered to its queue, where it could not. */
  readonly undelivered: string | undefined;
}

const together = 10;
const mostBytes = 262_144;
const heldSeconds = 120;
const deleteTries = 3;

let shared: SQSClient | undefined;

const sqs = (): SQSClient => {
  shared ??= new SQSClient({ maxAttempts: 3, useQueueUrlAsEndpoint: false, md5: false });
  return shared;
};

/** The queues of each installation (a stack's name), known by the tags that the stack gives them. For operators alone. */
export async function watchedQueues(): Promise<ReadonlyMap<string, readonly Watched[]>> {
  const found = new Map<string, Map<string, { events?: string; deadLetters?: string }>>();
  for (const url of await everyQueue()) {
    const { Tags = {} } = await sqs().send(new ListQueueTagsCommand({ QueueUrl: url }));
    const { installation, reader, holds } = Tags;
    if (!installation || !reader) continue;
    const readers = found.get(installation) ?? new Map();
    found.set(installation, readers);
    readers.set(reader, {
      ...readers.get(reader),
      [holds === 'dead-letters' ? 'deadLetters' : 'events']: url,
    });
  }
  return new Map([...found].map(([installation, readers]) => [installation, whole(readers)]));
}

function whole(readers: ReadonlyMap<string, { events?: string; deadLetters?: string }>): Watched[] {
  return [...readers]
    .flatMap(([reader, { events, deadLetters }]) =>
      events && deadLetters ? [{ reader, events, deadLetters }] : [],
    )
    .sort((one, other) => (one.reader < other.reader ? -1 : 1));
}

async function everyQueue(): Promise<string[]> {
  const urls: string[] = [];
  let from: string | undefined;
  do {
    const { QueueUrls = [], NextToken } = await sqs().send(
      new ListQueuesCommand({ MaxResults: 1000, ...(from ? { NextToken: from } : {}) }),
    );
    urls.push(...QueueUrls);
    from = NextToken;
  } while (from);
  return urls;
}

/** About how many messages wait, those that somebody holds included. */
export async function sizeOf(url: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs().send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

/** Up to ten messages, hidden from others for two minutes. */
export async function hold(url: string): Promise<Held[]> {
  const { Messages = [] } = await sqs().send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: together,
      VisibilityTimeout: heldSeconds,
      MessageSystemAttributeNames: ['SentTimestamp'],
      MessageAttributeNames: ['ERROR_CODE'],
    }),
  );
  return Messages.map(toHeld);
}

function toHeld({ MessageId = '', ReceiptHandle = '', Body = '', ...more }: Message): Held {
  return {
    id: MessageId,
    handle: ReceiptHandle,
    body: Body,
    sentAt: Number(more.Attributes?.SentTimestamp ?? 0),
    undelivered: more.MessageAttributes?.ERROR_CODE?.StringValue,
  };
}

/** Shows messages that are held again, as they were; where that is refused, they show themselves in two minutes. */
export async function letGo(url: string, messages: readonly Held[]): Promise<void> {
  for (const batch of batches(messages))
    await sqs().send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: batch.map(({ handle }, at) => ({
          Id: String(at),
          ReceiptHandle: handle,
          VisibilityTimeout: 0,
        })),
      }),
    );
}

/** What became of messages that were sent back. */
export interface SentBack {
  readonly moved: readonly Held[];
  /** In their queue again, and still among the dead letters. */
  readonly both: readonly Held[];
  /** Not taken by their queue, with its code. */
  readonly refused: readonly { readonly held: Held; readonly code: string }[];
}

/** Sends what is held to its queue, and only then takes it out of the dead letters; a crash between leaves it in both. */
export async function sendBack(
  { events, deadLetters }: Watched,
  messages: readonly Held[],
): Promise<SentBack> {
  const all: SentBack[] = [];
  for (const batch of batches(messages)) {
    const codes = await send(events, batch);
    const sent = batch.filter(({ id }) => !codes.has(id));
    const both = await takeOut(deadLetters, sent);
    const refused = batch.filter(({ id }) => codes.has(id));
    all.push({
      moved: sent.filter((one) => !both.includes(one)),
      both,
      refused: refused.map((held) => ({ held, code: codes.get(held.id) ?? '' })),
    });
  }
  return {
    moved: all.flatMap(({ moved }) => moved),
    both: all.flatMap(({ both }) => both),
    refused: all.flatMap(({ refused }) => refused),
  };
}

/** Answers why, of those that were not taken, by their ids. */
async function send(url: string, batch: readonly Held[]): Promise<ReadonlyMap<string, string>> {
  const Entries = batch.map(({ body }, at) => ({ Id: String(at), MessageBody: body }));
  try {
    const { Failed = [] } = await sqs().send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    return new Map(Failed.map(({ Id, Code = 'unknown' }) => [batch[Number(Id)]?.id ?? '', Code]));
  } catch (error) {
    return new Map(batch.map(({ id }) => [id, (error as Error).name]));
  }
}

/** Answers what could not be taken out. */
async function takeOut(url: string, messages: readonly Held[]): Promise<readonly Held[]> {
  let left = messages;
  for (let attempt = 0; left.length > 0 && attempt < deleteTries; attempt++) {
    if (attempt > 0) await backoff(attempt);
    const Entries = left.map(({ handle }, at) => ({ Id: String(at), ReceiptHandle: handle }));
    try {
      const { Failed = [] } = await sqs().send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      left = left.filter((_, at) => Failed.some(({ Id }) => Id === String(at)));
    } catch {
      // They are sent: that they could not be taken out is told by the caller, and is no reason to stop.
    }
  }
  return left;
}

/** As many as one call takes, and as much: SQS bounds both. */
function batches(messages: readonly Held[]): Held[][] {
  const all: Held[][] = [];
  let bytes = 0;
  for (const one of messages) {
    const size = Buffer.byteLength(one.body);
    const last = all.at(-1);
    if (last && last.length < together && bytes + size <= mostBytes) last.push(one);
    else all.push([one]);
    bytes = (last === all.at(-1) ? bytes : 0) + size;
  }
  return all;
}
