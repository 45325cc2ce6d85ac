import type { CatalogItem, Revision } from './item.ts';
import type { Pricing } from './price.ts';

const unsaid = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** The newest revisions of a catalogue, one a line, as an import takes them. Prices that are lost are left out. */
export function toNdjson(
  whole: readonly { item: CatalogItem; newest: Revision }[],
  pricing: Pricing,
): string {
  return whole.map(({ item, newest }) => `${JSON.stringify(toRow(item, newest, pricing))}\n`).join('');
}

function toRow(
  { id, type, code }: CatalogItem,
  { content }: Revision,
  { epoch }: Pricing,
): Record<string, unknown> {
  const { price, freeLabel, approval, quantity, fields, parts, link, ...texts } = content;
  const counting = price?.epoch === epoch ? { base: price.base, adjustments: price.adjustments } : null;
  const own =
    type === 'SERVICE'
      ? { fields, approval, quantity, price: counting }
      : type === 'BUNDLE'
        ? { fields, approval, quantity, parts }
        : { link };
  const said = Object.entries({ id, code, type, ...texts, ...own }).filter(([, value]) => !unsaid(value));
  return { ...Object.fromEntries(said), ...(type === 'SERVICE' ? { freeLabel } : {}) };
}
