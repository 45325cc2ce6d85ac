import * as z from 'zod';
import { itemType } from './content.ts';
import { type CatalogItem, type Revision, state, stateOf } from './item.ts';
import { type Pricing, priceOf, type StoredPrice, type UnitPrice, unitPrice } from './price.ts';

/** A field of an item's form, as it is shown to whoever fills it in. */
export const shownField = z.strictObject({
  key: z.string(),
  label: z.string(),
  type: z.string(),
  required: z.boolean(),
  choices: z.array(z.string()).optional(),
  max: z.int().optional(),
});

const shownPrice = z.strictObject({
  base: z.int(),
  adjustments: z.array(z.strictObject({ name: z.string(), amount: z.int() })),
  lost: z.boolean().describe('Given before the pricing system was switched: it counts no more'),
});

/** A revision of an item as staff of the provider sees it. */
export const catalogRevision = z.strictObject({
  revision: z.int(),
  state,
  name: z.string(),
  summary: z.string().nullable(),
  description: z.string().nullable(),
  category: z.string().nullable(),
  fields: z.array(shownField),
  approval: z.boolean(),
  quantity: z.strictObject({ min: z.int(), max: z.int() }),
  price: shownPrice.nullable(),
  costs: unitPrice
    .nullable()
    .describe('One unit, now; null for a bundle that is not published: its parts say'),
  freeLabel: z.string().nullable(),
  parts: z.array(z.strictObject({ itemId: z.string(), min: z.int(), max: z.int() })),
  link: z.string().nullable(),
  reason: z.string().nullable().describe('Why it was rejected'),
  changedAt: z.string(),
  changedBy: z.string(),
});
export type RevisionView = z.infer<typeof catalogRevision>;

/** An item with its newest revision. */
export const catalogItem = catalogRevision.extend({
  id: z.string().describe('`cat_…`'),
  type: itemType,
  code: z.string().nullable(),
  published: z.int().nullable().describe('The revision that customers see'),
  bundles: z.array(z.string()).describe('Published bundles that hold it'),
  createdAt: z.string(),
  createdBy: z.string(),
  supplied: z.boolean().describe('Made by an internal supplier: their administrator may change it'),
});
export type ItemView = z.infer<typeof catalogItem>;

export const catalogSummary = z.strictObject({
  id: z.string(),
  type: itemType,
  name: z.string(),
  state,
  category: z.string().nullable(),
  revision: z.int(),
  published: z.int().nullable(),
});

/** What a list shows, from an index or a head. */
export function summarize(item: Readonly<Record<string, unknown>>): z.infer<typeof catalogSummary> {
  const { id, type, name, state: now, summary } = item;
  return catalogSummary.parse({ id, type, name, state: now, ...(summary as object) });
}

function costsOf(one: CatalogItem, of: Revision, pricing: Pricing): UnitPrice | null {
  const shown = one.published;
  if (one.type === 'BUNDLE') return shown?.revision === of.revision ? priceOf(shown, pricing) : null;
  return priceOf({ type: one.type, ...of.content, parts: [] }, pricing);
}

function lostOrNot(given: StoredPrice | null, { epoch }: Pricing): RevisionView['price'] {
  if (!given) return null;
  const { base, adjustments } = given;
  return { base, adjustments, lost: given.epoch !== epoch };
}

export function viewRevision(one: CatalogItem, of: Revision, pricing: Pricing): RevisionView {
  const { revision, reason, changedAt, changedBy } = of;
  return {
    revision,
    state: stateOf(one, of),
    ...of.content,
    price: lostOrNot(of.content.price, pricing),
    costs: costsOf(one, of, pricing),
    reason,
    changedAt,
    changedBy,
  };
}

export function viewItem(one: CatalogItem, of: Revision, pricing: Pricing): ItemView {
  const { id, type, code, bundles, createdAt, createdBy, supplied } = one;
  const at = {
    id,
    type,
    code,
    bundles,
    createdAt,
    createdBy,
    supplied,
    published: one.published?.revision ?? null,
  };
  return { ...at, ...viewRevision(one, of, pricing) };
}
