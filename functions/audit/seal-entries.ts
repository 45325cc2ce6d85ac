import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { arrivedOf } from '../../lib/audit/arrived.ts';
import { headsOf, writeSeal } from '../../lib/audit/seal-store.ts';
import { type Arrived, fresh, headsAfter, sealNext, sealWrites } from '../../lib/audit/sealing.ts';
import { LostRace } from '../../lib/aws/db.ts';
import { fromAttributes } from '../../lib/aws/item.ts';
import { log } from '../../lib/aws/log.ts';
import { count } from '../../lib/aws/metrics.ts';
import { backoff, now } from '../../lib/aws/world.ts';

const patienceMs = 40_000;
type Brought = ReturnType<typeof arrivedOf> & { readonly sequence: string };

/**
 * Table stream → seals. Entries are hashed as they were written, whatever stands in the table since. Those of a root
 * that could not be sealed are reported and come again; an entry or seal that changed after it was written is told at
 * once.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const failed: string[] = [];
  const brought = Records.flatMap((record) => read(record, failed));
  const roots = Map.groupBy(brought, ({ rootId }) => rootId);
  const deadline = Date.now() + patienceMs;
  await Promise.all(
    [...roots].map(async ([rootId, own]) => {
      try {
        await sealAll(rootId, own, deadline);
      } catch (error) {
        log().error('not sealed', { tenant: rootId, error: error as Error });
        failed.push(...own.map(({ sequence }) => sequence));
      }
    }),
  );
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function read({ eventName, dynamodb }: DynamoDBRecord, failed: string[]): Brought[] {
  const sequence = dynamodb?.SequenceNumber ?? '';
  if (eventName !== 'INSERT' || !dynamodb?.NewImage) {
    log().error('the audit was changed', { keys: dynamodb?.Keys, event: eventName });
    count('AuditChanged');
    return [];
  }
  try {
    return [{ ...arrivedOf(fromAttributes(dynamodb.NewImage as never)), sequence }];
  } catch (error) {
    log().error('unreadable entry', { sequence, error: error as Error });
    failed.push(sequence);
    return [];
  }
}

/** Seals entries of one root, in as many seals as they take; where somebody else sealed first, behind that. */
async function sealAll(rootId: string, brought: readonly Arrived[], deadline: number): Promise<void> {
  let left = [...brought];
  const nodeIds = [...new Set(left.map(({ nodeId }) => nodeId))];
  for (let lost = 0; left.length > 0; lost++) {
    let heads = await headsOf(rootId, nodeIds);
    left = fresh(left, heads);
    try {
      while (left.length > 0) {
        const made = sealNext(left, heads, now());
        await writeSeal(sealWrites(made, heads.seal), deadline);
        heads = headsAfter(heads, made);
        left = made.left;
      }
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(lost);
    }
  }
}
