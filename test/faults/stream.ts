import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { handler } from '../../functions/outbox/publish.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { as, count } from '../kit/weather.ts';
import type { Dice } from './dice.ts';

type Item = Readonly<Record<string, unknown>>;
const mostTries = 8;

/** Items of one partition come in the order in which they were written; those of others in between, or long after. */
export function shardsOf(items: readonly Item[], shards: number, dice: Dice): DynamoDBRecord[][] {
  const lines = [...Map.groupBy(items, ({ PK }) => String(PK)).values()];
  const out: Item[][] = Array.from({ length: shards }, () => []);
  for (const line of dice.shuffle(lines)) dice.one(out).push(...line);
  count('stream: another order between keys', lines.length);
  let sequence = 0;
  return out.map((shard) =>
    shard.map((item) => ({
      dynamodb: { SequenceNumber: String(++sequence), NewImage: toAttributes(item) as never },
    })),
  );
}

/** A record that nobody can read. */
export const poison = (nth: number): DynamoDBRecord => ({
  dynamodb: { SequenceNumber: `poison-${nth}`, NewImage: { PK: { S: 'T#x' }, ev: { S: '{' } } as never },
});

/**
 * Brings one shard to the publisher as Lambda does: what is reported as failed comes again with all that follows it,
 * and is set aside when it has failed too often. Some batches come twice.
 */
export async function flow(
  shard: readonly DynamoDBRecord[],
  { size, dice }: { size: number; dice: Dice },
): Promise<DynamoDBRecord[]> {
  const aside: DynamoDBRecord[] = [];
  const tries = new Map<DynamoDBRecord, number>();
  for (let at = 0; at < shard.length; ) {
    const batch = shard.slice(at, at + size);
    const failed = await publish(batch);
    const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
    const stuck = batch[first];
    if (!stuck) {
      if (dice.chance(0.35)) {
        count('stream: batch again');
        await publish(batch);
      }
      at += batch.length;
      continue;
    }
    at += first;
    const tried = (tries.get(stuck) ?? 0) + 1;
    tries.set(stuck, tried);
    if (tried < mostTries) continue;
    aside.push(stuck);
    at++;
  }
  return aside;
}

async function publish(batch: readonly DynamoDBRecord[]): Promise<Set<string>> {
  const { result } = await as({}, () => handler({ Records: [...batch] }));
  if (result.status === 'rejected')
    return new Set(batch.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? ''));
  const { batchItemFailures } = result.value as DynamoDBBatchResponse;
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}
