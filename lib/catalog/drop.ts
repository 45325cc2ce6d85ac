import { assignmentKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type Marketplace, marketplaceItem } from './marketplace.ts';
import type { Shelf } from './shelf.ts';

/** A marketplace's list and an item of the customer, who may have got it again since it was taken. */
export interface Listing {
  readonly marketplace: Marketplace | undefined;
  readonly shelf: Shelf | undefined;
}

/** True where the list names an item that does not say so itself: it is to go, or still on its way there. */
export const isAlone = ({ marketplace: of, shelf }: Listing, itemId: string): boolean =>
  of?.items.includes(itemId) === true &&
  !(shelf && [...shelf.markets, ...shelf.everyone].includes(of.number));

/**
 * Takes an item that its customer has no more off a marketplace's list, also where the customer has got it again
 * since: what is given again stands in no marketplace. Undefined where the list is right.
 */
export function dropItem({ marketplace: before, shelf }: Listing, itemId: string): Plan | undefined {
  if (!before || !isAlone({ marketplace: before, shelf }, itemId)) return undefined;
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
