import { randomUUID } from 'node:crypto';
import type { Queue } from './queue.ts';
import type { Stack } from './template.ts';

/** The access key of whoever works on the local stack by hand; no function has it. */
export const operatorKey = 'local';

interface Tagged {
  readonly QueueName?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}
interface Entry {
  readonly Id: string;
  readonly ReceiptHandle?: string;
  readonly MessageBody?: string;
  readonly VisibilityTimeout?: number;
}
type Input = Readonly<Record<string, unknown>>;
type Queues = ReadonlyMap<string, Queue>;

/** What an operator may ask of the queues: undefined for what is not known locally. */
export function operate(
  { stack, queues }: { stack: Stack; queues: Queues },
  operation: string,
  input: Input,
): unknown {
  const { region, account } = stack.place;
  if (operation === 'ListQueues')
    return {
      QueueUrls: [...queues.values()].map(
        ({ name }) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
      ),
    };
  const name = String(input.QueueUrl).split('/').pop() ?? '';
  const queue = queues.get(`arn:aws:sqs:${region}:${account}:${name}`);
  if (!queue || !Object.hasOwn(operations, operation)) return undefined;
  return operations[operation as keyof typeof operations](queue, input, stack);
}

const entriesOf = (input: Input) => (input.Entries ?? []) as readonly Entry[];
const idsOf = (input: Input) => entriesOf(input).map(({ ReceiptHandle }) => Number(ReceiptHandle));
const all = (input: Input) => ({ Successful: entriesOf(input).map(({ Id }) => ({ Id })), Failed: [] });

const operations = {
  ListQueueTags: ({ name }: Queue, _: Input, stack: Stack) => {
    const found = stack
      .all<Tagged>('AWS::SQS::Queue')
      .find(({ id, properties }) => (properties.QueueName ?? `${stack.place.stackName}-${id}`) === name);
    return { Tags: Object.fromEntries((found?.properties.Tags ?? []).map(({ Key, Value }) => [Key, Value])) };
  },
  GetQueueAttributes: (queue: Queue) => ({
    Attributes: {
      ApproximateNumberOfMessages: String(queue.size()),
      ApproximateNumberOfMessagesNotVisible: '0',
    },
  }),
  ReceiveMessage: (queue: Queue, input: Input) => ({
    Messages: queue.receive(Number(input.MaxNumberOfMessages ?? 1)).map((one) => ({
      MessageId: one.messageId,
      ReceiptHandle: String(one.id),
      Body: one.body,
      Attributes: { SentTimestamp: String(one.sentAt) },
    })),
  }),
  SendMessageBatch: (queue: Queue, input: Input) => ({
    Successful: entriesOf(input).map(({ Id, MessageBody = '' }) => ({
      ...{ Id, MessageId: queue.send(MessageBody), MD5OfMessageBody: randomUUID() },
    })),
    Failed: [],
  }),
  DeleteMessageBatch: (queue: Queue, input: Input) => {
    queue.remove(idsOf(input));
    return all(input);
  },
  ChangeMessageVisibilityBatch: (queue: Queue, input: Input) => {
    for (const { ReceiptHandle, VisibilityTimeout = 0 } of entriesOf(input))
      queue.release([Number(ReceiptHandle)], VisibilityTimeout);
    return all(input);
  },
};
