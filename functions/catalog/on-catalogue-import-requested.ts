import { toNode } from '../../lib/aws/auth.ts';
import { get } from '../../lib/aws/db.ts';
import { react } from '../../lib/aws/react.ts';
import { checkRows, codesOf, landItems, partsOf } from '../../lib/catalog/import.ts';
import { itemsByCode, itemsOf, pricingFor } from '../../lib/catalog/item-store.ts';
import { importRequested } from '../../lib/directory/events.ts';
import type { Row } from '../../lib/directory/file.ts';
import { chunkOf, operationOf } from '../../lib/directory/import-store.ts';
import type { StoredOperation } from '../../lib/directory/operation.ts';
import { rowId } from '../../lib/directory/row.ts';
import { settleRows } from '../../lib/directory/settlement.ts';
import { subscriber } from '../../lib/kit/context.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { by } from './by.ts';

const turnMs = 10_000;
/** Four writes for each row, five of the settlement. */
const mostRows = 23;

export const onCatalogueImportRequested = subscriber({
  id: 'on-catalogue-import-requested',
  on: importRequested,
  impact: 'Imported services do not appear in the catalogue.',
  handle: async (envelope) => {
    if (envelope.data.kind === 'catalogue') await settleItems(envelope);
  },
});

/** Settles rows, 23 in each transaction, until the import is done or the turn is over. */
async function settleItems(envelope: Envelope): Promise<void> {
  const providerId = envelope.tenant.id;
  const target = toNode(await get(nodeKey(providerId)));
  if (!target) throw new Error('The import belongs to no provider');
  const until = Date.now() + turnMs;
  for (let more = true; more; ) {
    const tired = Date.now() > until;
    await react(envelope, async (now) => {
      more = false;
      const operation = await operationOf(providerId, envelope.subject);
      if (!operation || operation.value.finishedAt !== null) return undefined;
      const rows = await chunkOf(providerId, operation);
      // Another may have settled this portion between the two reads: the next delivery looks again.
      if (rows.length === 0) throw new Error('The rows of the import are not there');
      const settled = await land(envelope, operation, { rows, now });
      const at = { settled, inChunk: rows.length, now, tired };
      const { plan, after } = settleRows(providerId, operation, at);
      more = !tired && after.value.finishedAt === null;
      return { plan, target, actor: by(envelope, 'on-catalogue-import-requested') };
    });
  }
}

async function land(
  { tenant, actor }: Envelope,
  { value, offset }: StoredOperation,
  { rows, now }: { rows: readonly Row[]; now: string },
) {
  const checked = checkRows(rows.slice(offset, offset + mostRows));
  const providerId = tenant.id;
  const [pricing, known, coded] = await Promise.all([
    pricingFor(providerId),
    itemsOf(providerId, partsOf(checked)),
    itemsByCode(providerId, codesOf(checked)),
  ]);
  const idOf = (index: number) => rowId('catalogItem', value.id, value.done + index);
  return landItems(checked, { pricing, known, coded }, { providerId, by: actor.id, now, idOf });
}
