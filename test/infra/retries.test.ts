import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consume } from '../../lib/aws/consume.ts';
import { delayAfter } from '../../lib/aws/queue.ts';
import { mostTries, subscriber } from '../../lib/kit/context.ts';
import { poolChanged } from '../../lib/licensing/events.ts';

const asked: Record<string, unknown>[] = [];
let refuses = false;
const queues = createServer(async (request, response) => {
  let said = '';
  for await (const part of request) said += part;
  asked.push({ target: request.headers['x-amz-target'], ...JSON.parse(said) });
  response.writeHead(refuses ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => queues.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${(queues.address() as AddressInfo).port}`;
});
afterAll(() => queues.close());

const failing = subscriber({
  id: 'on-pool-changed',
  on: poolChanged,
  impact: 'None.',
  handle: () => Promise.reject(new Error('not now')),
});

async function deliver(tries: number) {
  const record = {
    messageId: 'm',
    receiptHandle: 'handle',
    body: '{}',
    attributes: { ApproximateReceiveCount: String(tries) },
    eventSourceARN: 'arn:aws:sqs:eu-central-1:111111111111:the-queue',
  };
  asked.length = 0;
  return consume([failing])({ Records: [record] } as never, {} as never);
}

describe('the time until the next try', () => {
  it('grows, varies by at most a fifth, and ends below 28 minutes and with the last try', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: mostTries - 2 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tries, chance) => {
          const now = delayAfter(tries, chance);
          expect(now).toBeGreaterThanOrEqual(Math.floor(delayAfter(tries, 0) * 0.8));
          expect(now).toBeLessThanOrEqual(delayAfter(tries, 0));
          expect(delayAfter(tries + 1, 1)).toBeGreaterThanOrEqual(delayAfter(tries, 1));
        },
      ),
    );
    expect([1, 2, 3, 4, 5].map((tries) => delayAfter(tries, 0))).toEqual([15, 75, 375, 600, 600]);
    expect(delayAfter(mostTries, 0)).toBe(0);
  });

  it('is what a failed message is hidden for, in its own queue', async () => {
    await deliver(2);
    expect(asked).toEqual([
      {
        target: 'AmazonSQS.ChangeMessageVisibility',
        QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/111111111111/the-queue',
        ReceiptHandle: 'handle',
        VisibilityTimeout: expect.any(Number),
      },
    ]);
    expect(asked[0]?.VisibilityTimeout).toBeGreaterThanOrEqual(60);
    expect(asked[0]?.VisibilityTimeout).toBeLessThanOrEqual(75);
  });

  it('stays the queue’s own where that cannot be said: the message is tried again all the same', async () => {
    refuses = true;
    expect(await deliver(1)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm' }] });
    refuses = false;
  });
});
