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
const heldSeconds = 120;

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

/** Shows messages that are held again, as they were. */
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

/** Sends what is held to its queue, and only then takes it out of the dead letters; a crash between leaves it in both. Returns how many. */
export async function sendBack({ events, deadLetters }: Watched, messages: readonly Held[]): Promise<number> {
  let moved = 0;
  for (const batch of batches(messages)) {
    const { Failed = [] } = await sqs().send(
      new SendMessageBatchCommand({
        QueueUrl: events,
        Entries: batch.map(({ body }, at) => ({ Id: String(at), MessageBody: body })),
      }),
    );
    const sent = batch.filter((_, at) => !Failed.some(({ Id }) => Id === String(at)));
    if (sent.length > 0)
      await sqs().send(
        new DeleteMessageBatchCommand({
          QueueUrl: deadLetters,
          Entries: sent.map(({ handle }, at) => ({ Id: String(at), ReceiptHandle: handle })),
        }),
      );
    moved += sent.length;
  }
  return moved;
}

function batches(messages: readonly Held[]): Held[][] {
  return Array.from({ length: Math.ceil(messages.length / together) }, (_, at) =>
    messages.slice(at * together, (at + 1) * together),
  );
}
