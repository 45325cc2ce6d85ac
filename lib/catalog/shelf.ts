import * as z from 'zod';
import type { Item, Write } from '../kit/plan.ts';

/** An item assigned to a customer, as far as marketplaces, full view and restriction concern it. */
export interface Shelf {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly markets: readonly number[];
  readonly everyone: readonly number[];
  readonly restricted: 0 | 1;
  readonly open: 0 | 1;
  readonly version: number;
  readonly item: Item;
}

const bit = z.number().transform((value): 0 | 1 => (value === 1 ? 1 : 0));
const stored = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  markets: z.array(z.number()),
  everyone: z.array(z.number()),
  restricted: bit,
  open: bit,
  version: z.number(),
});

/** A stored assignment. */
export function toShelf(item: Readonly<Record<string, unknown>>): Shelf {
  return { ...stored.parse(item), item: item as Item };
}

const without = (list: readonly number[], number: number) => list.filter((one) => one !== number);
const withIt = (list: readonly number[], number: number) =>
  [...without(list, number), number].toSorted((a, b) => a - b);

/** How a marketplace holds an item: not, for its people, or for everyone. */
export type Hold = 'NOT' | 'PEOPLE' | 'EVERYONE';

/** The assignment once a marketplace holds it so; undefined where it does already. */
export function shelved(shelf: Shelf, number: number, hold: Hold): Write | undefined {
  const markets = hold === 'PEOPLE' ? withIt(shelf.markets, number) : without(shelf.markets, number);
  const everyone = hold === 'EVERYONE' ? withIt(shelf.everyone, number) : without(shelf.everyone, number);
  if (String(markets) === String(shelf.markets) && String(everyone) === String(shelf.everyone))
    return undefined;
  return restocked(shelf, { markets, everyone });
}

/** The assignment with restriction and full view as they are now; undefined where nothing differs. */
export function opened(
  shelf: Shelf,
  now: { readonly fullView: boolean; readonly restricted?: boolean },
): Write | undefined {
  const restricted = (now.restricted ?? shelf.restricted === 1) ? 1 : 0;
  const open = now.fullView && restricted === 0 ? 1 : 0;
  if (restricted === shelf.restricted && open === shelf.open) return undefined;
  return restocked(shelf, { restricted, open });
}

function restocked({ item, version }: Shelf, change: Readonly<Record<string, unknown>>): Write {
  return { do: 'replace', version, item: { ...item, ...change, version: version + 1 } };
}
