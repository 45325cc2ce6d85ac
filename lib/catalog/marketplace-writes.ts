import { dynamicGroupKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import type { Arrangement, Change } from './arrange.ts';
import { holdOf, type Marketplace, marketplaceItem, viewMarketplace } from './marketplace.ts';
import { shelved } from './shelf.ts';

/** The marketplace itself, or its end. */
export function stored(before: Marketplace | undefined, after: Marketplace | undefined): Write {
  if (!before) return { do: 'create', item: marketplaceItem(after as Marketplace) };
  if (after) return { do: 'replace', version: before.version, item: marketplaceItem(after) };
  const { PK, SK } = marketplaceItem(before);
  return { do: 'remove', key: { PK, SK }, version: before.version };
}

/** Assignments of the items that it comes to hold, or holds no more. */
export function restocked(
  { before, after }: Change,
  items: readonly string[],
  { shelves }: Arrangement,
): Write[] {
  const { number } = (after ?? before) as Marketplace;
  return items.flatMap((itemId) => {
    const shelf = shelves.get(itemId);
    const write = shelf && shelved(shelf, number, holdOf(after, itemId));
    return write ? [write] : [];
  });
}

/** Each dynamic group counts the marketplaces that name it: it is there as long as one does. */
export function counted({ before, after }: Change, { groups }: Arrangement): Write[] {
  const [old, now] = [before?.dynamicGroups ?? [], after?.dynamicGroups ?? []];
  const { customerId } = (after ?? before) as Marketplace;
  const by = (marketplaces: 1 | -1) => (one: string) =>
    ({
      do: 'adjust',
      key: dynamicGroupKey(customerId, one),
      add: { marketplaces, version: 1 },
    }) satisfies Write;
  return [
    ...now.filter((one) => !old.includes(one)).map(by(1)),
    ...old.filter((one) => !now.includes(one) && groups.has(one)).map(by(-1)),
  ];
}

/** What a receipt says of a marketplace. */
// Receipts stay below an item's size and name no more than needed: lists by their length where they are long.
export function auditable(one: Marketplace): Record<string, unknown> {
  const { people, items, filters, ...rest } = viewMarketplace(one);
  const short = (list: readonly string[]) => (list.length > 20 ? { count: list.length } : list);
  return {
    ...rest,
    people: short(people as string[]),
    items: short(items as string[]),
    filters: filters?.length ?? 0,
  };
}
