import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { mostTries } from '../kit/context.ts';
import { log } from './log.ts';

const firstSeconds = 15;
const growth = 5;
const mostSeconds = 600;
// From a network without a way to the queue's service: the queue's own visibility time then decides.
const patience = { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true };

let shared: SQSClient | undefined;

const client = (): SQSClient => {
  shared ??= new SQSClient({
    maxAttempts: 2,
    requestHandler: patience,
    useQueueUrlAsEndpoint: false,
    md5: false,
  });
  return shared;
};

/**
 * Seconds until the next try after the `tries`th one failed: 15, 75, 375, then 600, less up to a fifth by chance.
 * After the last try none: the message goes to the dead-letter queue. All together stay below 28 minutes.
 */
export function delayAfter(tries: number, chance: number): number {
  if (tries >= mostTries) return 0;
  const bound = Math.min(mostSeconds, firstSeconds * growth ** (tries - 1));
  return Math.round(bound * (1 - chance / 5));
}

/** Hides a message that failed until its next try. Where that cannot be said, the queue's visibility time stays. */
export async function postpone(record: SQSRecord): Promise<void> {
  const { eventSourceARN, receiptHandle, attributes } = record;
  const tries = Number(attributes?.ApproximateReceiveCount);
  if (!eventSourceARN || !receiptHandle || !(tries > 0)) return;
  try {
    await client().send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: urlOf(eventSourceARN),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: delayAfter(tries, Math.random()),
      }),
    );
  } catch (error) {
    log().warn('not postponed', { messageId: record.messageId, error: error as Error });
  }
}

function urlOf(arn: string): string {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}
