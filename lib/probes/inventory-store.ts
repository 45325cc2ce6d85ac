import { getAll, page } from '../aws/db.ts';
import type { Credential } from '../kit/agent.ts';
import { forestKey, monitoredItemKey, nodeKey, operationKey, partition, pulseKey } from '../kit/keys.ts';
import { overlayOf } from '../kit/move.ts';
import { type Kept, toKept } from '../licensing/item.ts';
import { reportedPrefix } from '../licensing/reported.ts';
import { accountOf, accountWithItems } from '../licensing/store.ts';
import { toPulse } from './pulse.ts';

/** Everything that a part of an inventory report is decided from, as it is now: one round trip. */
export async function inventoryStanding(
  { customerId, providerId, probeId }: Credential,
  itemIds: readonly string[],
) {
  const [{ account, items }, [pulse, node, forest]] = await Promise.all([
    accountWithItems({ customerId, providerId, itemIds }, true),
    getAll([pulseKey(customerId, probeId), nodeKey(customerId), forestKey(providerId)], true),
  ]);
  return {
    account,
    found: items,
    pulse: pulse && toPulse(pulse, customerId),
    node,
    move: overlayOf(forest),
  };
}

/** Which of these items there are. */
export async function areKnown(customerId: string, itemIds: readonly string[]): Promise<boolean[]> {
  const found = await getAll(itemIds.map((id) => monitoredItemKey(customerId, id)));
  return found.map((one) => one !== undefined);
}

/** The next items of a probe that is gone, and what clearing them is decided from. */
export async function clearanceStanding(
  of: { customerId: string; providerId: string; probeId: string; operationId: string },
  limit: number,
) {
  const { customerId, providerId, probeId, operationId } = of;
  const [items, account, [operation, node, forest]] = await Promise.all([
    itemsOfProbe(customerId, probeId, limit),
    accountOf({ customerId, providerId }, true),
    getAll([operationKey(customerId, operationId), nodeKey(customerId), forestKey(providerId)], true),
  ]);
  return { items, account, operation, node, move: overlayOf(forest) };
}

async function itemsOfProbe(customerId: string, probeId: string, limit: number): Promise<Kept[]> {
  const { items } = await page({
    partition: partition(customerId, 'ITEM'),
    prefix: reportedPrefix(probeId),
    limit,
    consistent: true,
  });
  return items.map((item) => toKept(item, customerId));
}
