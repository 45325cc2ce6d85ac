import * as z from 'zod';
import { itemType } from './content.ts';
import { type Entitlement, entitledBy, type Holder } from './entitlement.ts';
import { asksApproval, type CatalogItem, type Published } from './item.ts';
import { type Pricing, priceOf, unitPrice } from './price.ts';
import type { Shelf } from './shelf.ts';
import { shownField } from './view.ts';

/** An item of the catalogue as an end user sees it. */
export const shopItem = z.strictObject({
  id: z.string(),
  type: itemType,
  name: z.string(),
  summary: z.string().nullable(),
  category: z.string().nullable(),
  approval: z
    .boolean()
    .describe('A request waits for an approval, of a bundle one with the least of each part'),
  quantity: z.strictObject({ min: z.int(), max: z.int() }),
  costs: unitPrice.nullable().describe('One unit; null for a banner'),
  preferred: z.boolean().describe('Full view is on, and a marketplace of the company gives it'),
  link: z.string().nullable().describe('Of a banner'),
});
export type ShopItem = z.infer<typeof shopItem>;

/** The same in full: what is needed for a request. */
export const shopItemInFull = shopItem.extend({
  description: z.string().nullable(),
  fields: z.array(shownField),
  parts: z.array(
    z.strictObject({
      itemId: z.string(),
      name: z.string(),
      min: z.int(),
      max: z.int(),
      approval: z.boolean().describe('A request with it waits for an approval'),
      available: z.boolean().describe('Your company has it; else none of it can be requested'),
    }),
  ),
});

/** An item that somebody may have: published, assigned, and given by a marketplace or the full view. */
export interface Offered {
  readonly id: string;
  readonly published: Published;
  readonly entitlement: Entitlement;
}

/** Parts that an item, where it is a bundle, is not without. */
export const neededParts = (item: CatalogItem | undefined): string[] =>
  (item?.published?.parts ?? []).filter(({ min }) => min > 0).map(({ itemId }) => itemId);

/** Ids of items that a customer has. */
export type Owned = Pick<ReadonlySet<string>, 'has'>;

/**
 * What is offered to a person of this row; undefined for what is not assigned, not published or not given, and for a
 * bundle with a needed part that is not `owned`.
 */
export function offered(
  row: Holder,
  shelf: Shelf | undefined,
  { item, owned }: { readonly item: CatalogItem | undefined; readonly owned: Owned },
): Offered | undefined {
  const entitlement = shelf && entitledBy(row, shelf);
  if (!entitlement || !item?.published || !neededParts(item).every((one) => owned.has(one))) return undefined;
  return { id: item.id, published: item.published, entitlement };
}

export function viewOffered(
  { id, published, entitlement }: Offered,
  at: { pricing: Pricing; fullView: boolean },
): ShopItem {
  const { type, name, summary, category, quantity, link } = published;
  return {
    id,
    type,
    name,
    summary,
    category,
    approval: asksApproval(published),
    quantity,
    costs: type === 'BANNER' ? null : priceOf(published, at.pricing),
    preferred: at.fullView && entitlement.marketplaces.length > 0,
    link,
  };
}

export function viewInFull(
  one: Offered,
  at: { pricing: Pricing; fullView: boolean; description: string | null; owned: Owned },
): z.input<typeof shopItemInFull> {
  const { fields, parts } = one.published;
  return {
    ...viewOffered(one, at),
    description: at.description,
    fields,
    parts: parts.map(({ itemId, name, min, max, approval }) => {
      return { itemId, name, min, max, approval, available: at.owned.has(itemId) };
    }),
  };
}
