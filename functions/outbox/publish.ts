import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { put } from '../../lib/aws/bus.ts';
import { fromAttributes } from '../../lib/aws/item.ts';
import { log } from '../../lib/aws/log.ts';
import { type Envelope, envelopesOf } from '../../lib/kit/event.ts';

/** Table stream → bus. A record whose events the bus did not all take is reported alone and comes again. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const failed: { itemIdentifier: string }[] = [];
  const pending = Records.flatMap((record) => {
    try {
      return announced(record).map((envelope) => ({ envelope, record: sequenceOf(record) }));
    } catch (error) {
      log().error('unreadable outbox record', { sequence: sequenceOf(record), error: error as Error });
      failed.push({ itemIdentifier: sequenceOf(record) });
      return [];
    }
  });
  for (let start = 0; start < pending.length; start += 10) {
    const batch = pending.slice(start, start + 10);
    const refused = await put(batch.map(({ envelope }) => envelope));
    for (const index of refused) {
      const itemIdentifier = batch[index]?.record;
      if (itemIdentifier) failed.push({ itemIdentifier });
    }
  }
  return { batchItemFailures: failed };
}

function sequenceOf(record: DynamoDBRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

function announced(record: DynamoDBRecord): Envelope[] {
  const image = record.dynamodb?.NewImage;
  return image ? envelopesOf(fromAttributes(image as never)) : [];
}
