import { assignmentKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type Marketplace, marketplaceItem } from './marketplace.ts';
import type { Shelf } from './shelf.ts';

/**
 * Takes an item that its customer has no more off a marketplace's list, also where the customer has got it again
 * since: what is given again stands in no marketplace. Undefined where the list is right.
 */
export function dropItem(before: Marketplace, itemId: string, shelf: Shelf | undefined): Plan | undefined {
  if (!before.items.includes(itemId)) return undefined;
  if (shelf && [...shelf.markets, ...shelf.everyone].includes(before.number)) return undefined;
  const version = before.version + 1;
  const items = before.items.filter((one) => one !== itemId);
  return {
    writes: [
      { do: 'replace', version: before.version, item: marketplaceItem({ ...before, items, version }) },
      { do: 'check', key: assignmentKey(before.customerId, itemId), version: shelf?.version ?? null },
    ],
    receipt: {
      action: 'marketplaces.drop_item',
      subject: before.id,
      tenantId: before.customerId,
      before: { itemId },
      reason: 'The customer has the item no more',
    },
    reply: {},
  };
}
