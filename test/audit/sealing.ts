import type { DynamoDBRecord } from 'aws-lambda';
import { handler } from '../../functions/audit/seal-entries.ts';
import { arrivedOf } from '../../lib/audit/arrived.ts';
import type { ExportLine } from '../../lib/audit/lines.ts';
import { toPart, toSeal } from '../../lib/audit/seal.ts';
import { headsOf, writeSeal } from '../../lib/audit/seal-store.ts';
import { sealNext, sealWrites } from '../../lib/audit/sealing.ts';
import { each } from '../../lib/aws/db.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { partition } from '../../lib/kit/keys.ts';
import { type Caller, call } from '../kit/world.ts';

type Stored = Record<string, unknown>;

async function all(partitionKey: string): Promise<Stored[]> {
  const out: Stored[] = [];
  for await (const item of each({ partition: partitionKey, limit: 500, consistent: true })) out.push(item);
  return out;
}

/** What stands in a node's record, oldest first. */
export const recordOf = (nodeId: string): Promise<Stored[]> => all(partition(nodeId, 'AUDIT'));
const sealItems = (id: string): Promise<Stored[]> => all(partition(id, 'SEAL'));
export const sealsIn = async (rootId: string) =>
  (await sealItems(rootId)).filter(({ kind }) => kind === 'seal').map(toSeal);
export const partsIn = async (nodeId: string) =>
  (await sealItems(nodeId)).filter(({ kind }) => kind === 'sealPart').map(toPart);

let sequence = 0;
/** A record of the table's stream that says that an item was written. */
export const inserted = (item: Stored): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: String(++sequence), NewImage: toAttributes(item) as never },
});

/** Hands records to the sealer, as the stream does; answers the numbers of those that it could not seal. */
export const bring = async (...Records: DynamoDBRecord[]): Promise<string[]> =>
  (await handler({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** Seals what stands in the records of these nodes and was not brought before. */
const brought = new Set<string>();
export async function sealAll(...nodeIds: readonly string[]): Promise<void> {
  const rows = (await Promise.all(nodeIds.map(recordOf))).flat();
  const fresh = rows.filter(({ id }) => !brought.has(String(id)));
  for (const { id } of fresh) brought.add(String(id));
  const failed = await bring(...fresh.map(inserted));
  if (failed.length > 0) throw new Error('Not everything was sealed');
}

/** An export over the API, page after page, as its pages came. */
export async function exported(as: Caller, query = ''): Promise<{ lines: ExportLine[]; text: string }> {
  const pages: string[] = [];
  const lines: ExportLine[] = [];
  let cursor = '';
  do {
    const { status, body } = await call(`GET /v1/audit-export?${query}${cursor}`, { as });
    if (status !== 200) throw new Error(`The export answered ${status}`);
    pages.push(JSON.stringify(body));
    lines.push(...body.items);
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  return { lines, text: `${pages.join('\n')}\n` };
}

/** Seals a node's record as if it were another time. */
export async function sealThen(rootId: string, at: string): Promise<void> {
  const heads = await headsOf(rootId, [rootId]);
  const rows = (await recordOf(rootId)).map(arrivedOf).map(({ rootId: _, ...one }) => one);
  await writeSeal(sealWrites(sealNext(rows, heads, at), heads.seal), Date.now() + 5000);
}
