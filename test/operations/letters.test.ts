import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { deadLetters, redrive } from '../../infra/redrive.ts';

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly MessageBody: string;
}
type Input = { readonly QueueUrl?: string; readonly Entries?: readonly Entry[] };

/** The dead letters by id, and what their queue was sent. */
const letters = new Map<string, { body: string; hidden: boolean }>();
const sent: string[] = [];
/** What SQS does not do: takes of a message by its body, deletions by how often they were asked for. */
let refuses = (_body: string) => false;
let keeps = (_asked: number) => false;
/** Whether what is held shows itself at once. */
let shows = false;
let unreadable = (_asked: number) => false;
let [deletions, readings] = [0, 0];

const bounded = (entries: readonly Entry[]) =>
  entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0) <= 262_144;
const told = (entries: readonly Entry[], bad: (one: Entry) => boolean) => ({
  Successful: entries.filter((one) => !bad(one)).map(({ Id }) => ({ Id, MessageId: Id })),
  Failed: entries.filter(bad).map(({ Id }) => ({ Id, Code: 'KmsThrottled', SenderFault: false })),
});

const operations: Record<string, (input: Input, entries: readonly Entry[]) => object | undefined> = {
  ListQueues: () => ({ QueueUrls: ['http://sqs/1/events', 'http://sqs/1/dead'] }),
  ListQueueTags: ({ QueueUrl }) => ({
    Tags: {
      installation: 'stage',
      reader: 'on-it',
      holds: QueueUrl?.endsWith('dead') ? 'dead-letters' : 'events',
    },
  }),
  GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: String(letters.size) } }),
  ReceiveMessage: () => {
    if (unreadable(++readings)) return undefined;
    const visible = [...letters].filter(([, one]) => !one.hidden).slice(0, 10);
    for (const [id, one] of visible) {
      one.hidden = !shows;
      letters.delete(id);
      letters.set(id, one);
    }
    const Attributes = { SentTimestamp: '1790000000000' };
    return {
      Messages: visible.map(([id, { body }]) => ({
        MessageId: id,
        ReceiptHandle: id,
        Body: body,
        Attributes,
      })),
    };
  },
  SendMessageBatch: (_, entries) => {
    if (!bounded(entries)) return undefined;
    const bad = ({ MessageBody }: Entry) => refuses(MessageBody);
    sent.push(...entries.filter((one) => !bad(one)).map(({ MessageBody }) => MessageBody));
    return told(entries, bad);
  },
  DeleteMessageBatch: (_, entries) => {
    const kept = keeps(++deletions);
    for (const { ReceiptHandle } of kept ? [] : entries) letters.delete(ReceiptHandle);
    return told(entries, () => kept);
  },
  ChangeMessageVisibilityBatch: (_, entries) => {
    for (const { ReceiptHandle } of entries) {
      const one = letters.get(ReceiptHandle);
      if (one) one.hidden = false;
    }
    return told(entries, () => false);
  },
};

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const input = JSON.parse(text) as Input;
  const name = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
  const answer = operations[name]?.(input, input.Entries ?? []);
  response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(
    JSON.stringify(answer ?? { __type: 'com.amazonaws.sqs#BatchRequestTooLong', message: 'It is too long' }),
  );
});
const usual = process.env.AWS_ENDPOINT_URL_SQS;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  if (usual === undefined) delete process.env.AWS_ENDPOINT_URL_SQS;
  else process.env.AWS_ENDPOINT_URL_SQS = usual;
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  letters.clear();
  sent.length = 0;
  [deletions, readings, shows] = [0, 0, false];
  [refuses, keeps, unreadable] = [() => false, () => false, () => false];
});

function plant(count: number, bytes = 20): void {
  for (let n = 0; n < count; n++) letters.set(`m${n}`, { body: `${n} `.padEnd(bytes, 'x'), hidden: false });
}
const all = { queue: 'all' };

it('messages that are together longer than a batch go in several', async () => {
  plant(23, 60_000);
  expect(await redrive('stage', all)).toEqual([{ reader: 'on-it', moved: 23, both: 0, refused: [] }]);
  expect([sent.length, letters.size]).toEqual([23, 0]);
});

it('what its queue does not take stays, is told with its code, and can be seen', async () => {
  plant(12);
  refuses = (body) => body.startsWith('3 ') || body.startsWith('11 ');
  const refused = ['KmsThrottled', 'KmsThrottled'];
  expect(await redrive('stage', all)).toEqual([{ reader: 'on-it', moved: 10, both: 0, refused }]);
  expect([...letters]).toEqual([
    ['m3', { body: expect.stringMatching(/^3 /), hidden: false }],
    ['m11', { body: expect.stringMatching(/^11 /), hidden: false }],
  ]);
});

it('what is not taken out at once is taken out at another try', async () => {
  plant(2);
  keeps = (asked) => asked === 1;
  expect(await redrive('stage', all)).toEqual([{ reader: 'on-it', moved: 2, both: 0, refused: [] }]);
  expect([sent.length, letters.size]).toEqual([2, 0]);
});

it('what cannot be taken out is told, and not sent twice where it shows itself again', async () => {
  plant(2);
  keeps = () => true;
  shows = true;
  expect(await redrive('stage', all)).toEqual([{ reader: 'on-it', moved: 0, both: 2, refused: [] }]);
  expect([sent.length, letters.size]).toEqual([2, 2]);
});

it('a batch that is refused whole holds up no other', async () => {
  letters.set('huge', { body: 'x'.repeat(300_000), hidden: false });
  plant(2);
  const refused = ['BatchRequestTooLong'];
  expect(await redrive('stage', all)).toEqual([{ reader: 'on-it', moved: 2, both: 0, refused }]);
  expect([...letters]).toEqual([['huge', { body: expect.any(String), hidden: false }]]);
});

it('a queue that cannot be read is told with how far it came', async () => {
  plant(12);
  unreadable = (asked) => asked === 2;
  const broke = expect.stringContaining('too long');
  expect(await redrive('stage', all)).toEqual([{ reader: 'on-it', moved: 10, both: 0, refused: [], broke }]);
});

it('a list names each once, however often it is shown', async () => {
  plant(12);
  shows = true;
  const [found] = await deadLetters('stage', all);
  expect(found?.letters.map(({ eventId }) => eventId).sort()).toEqual([...letters.keys()].sort());
});
