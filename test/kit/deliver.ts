import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse } from 'aws-lambda';
import { contexts } from '../../functions/contexts.ts';
import { consume } from '../../lib/aws/consume.ts';
import { each } from '../../lib/aws/db.ts';
import { ownEvents } from '../../lib/kit/context.ts';
import { type Envelope, envelopesOf } from '../../lib/kit/event.ts';
import { partition } from '../../lib/kit/keys.ts';
import { openMailbox } from './mailbox.ts';
import { actingAs } from './rights.ts';

const delivered = new Set<string>();

/** Everything that these tenants have announced so far, in receipts and ledgers, oldest first. */
export async function announcedBy(...tenantIds: readonly string[]): Promise<Envelope[]> {
  const out: Envelope[] = [];
  for (const tenantId of tenantIds) {
    for (const kind of ['AUDIT', 'ENTRY'] as const) {
      const stored = each({ partition: partition(tenantId, kind), limit: 500, consistent: true });
      for await (const item of stored) out.push(...envelopesOf(item));
    }
  }
  return out.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Hands one event to the subscribers of all contexts, as their queues would; throws when one of them fails. Mails of a file without a mailbox are sent, and read by nobody. */
export async function react(envelope: Envelope): Promise<void> {
  const unread = process.env.AWS_ENDPOINT_URL_SES === undefined ? await openMailbox() : undefined;
  try {
    await handOver(envelope);
  } finally {
    unread?.close();
  }
}

async function handOver(envelope: Envelope): Promise<void> {
  const all = contexts.flatMap((context) => (context.subscribers ?? []).map((one) => ({ context, one })));
  for (const { context, one } of all.filter((each) =>
    ownEvents(each.one)?.some(({ type }) => type === envelope.type),
  )) {
    const body = JSON.stringify({
      id: randomUUID(),
      source: envelope.source,
      'detail-type': envelope.type,
      time: envelope.at,
      detail: envelope,
    });
    const event = { Records: [{ messageId: envelope.id, body }] };
    const lambda = { getRemainingTimeInMillis: () => 60_000 };
    const answer = (await actingAs(`${context.name} reactions`, context.reactionNeeds ?? { table: [] }, () =>
      consume([one])(event as never, lambda as never),
    )) as unknown as SQSBatchResponse;
    if (answer.batchItemFailures.length > 0) throw new Error(`${one.id} failed for ${envelope.type}`);
  }
}

/** Delivers what these tenants have announced and was not delivered before, and what follows from it. Returns how many. */
export async function deliver(...tenantIds: readonly string[]): Promise<number> {
  let count = 0;
  for (;;) {
    const fresh = (await announcedBy(...tenantIds)).filter(({ id }) => !delivered.has(id));
    if (fresh.length === 0) return count;
    for (const envelope of fresh) {
      delivered.add(envelope.id);
      await react(envelope);
      count++;
    }
  }
}
