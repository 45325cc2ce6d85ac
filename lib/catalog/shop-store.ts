import { get, getAll, page, positionOf } from '../aws/db.ts';
import { assignmentKey, catalogKey, catalogRevisionKey, partition, settingsKey } from '../kit/keys.ts';
import { foldName } from '../kit/text.ts';
import { type Entitlement, entitledBy, type Holder } from './entitlement.ts';
import { type CatalogItem, toItem, toRevision } from './item.ts';
import { type Pricing, pricingOf } from './price.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';
import { type Shelf, toShelf } from './shelf.ts';

/** Whether a person of this row may have an item: one read of half a unit, however many people and marketplaces there are. */
export async function checkEntitlement(
  customerId: string,
  row: Holder,
  itemId: string,
): Promise<Entitlement | undefined> {
  const item = await get(assignmentKey(customerId, itemId));
  return item && entitledBy(row, toShelf(item));
}

/** A row as far as entitlements go. */
export const toHolder = (row: Readonly<Record<string, unknown>> | undefined): Holder => ({
  markets: (row?.markets ?? []) as number[],
});

const systemKey = (providerId: string) => settingsKey(providerId, 'CREDIT_SYSTEM');
const lookedAt = 200;

export interface Asked {
  readonly type?: string | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
}

/** What a page of the catalogue for one person is made from: entitled assignments with their items. */
export async function shopPage(
  at: { customerId: string; providerId: string; row: Promise<Holder> },
  asked: Asked,
  after: string | undefined,
) {
  const range = { partition: partition(at.customerId, 'ASSIGNED'), limit: lookedAt, after };
  const [{ items, next }, row] = await Promise.all([page(range), at.row]);
  const name = foldName(asked.q ?? '');
  const wanted: Shelf[] = [];
  let position = next;
  for (const [index, item] of items.entries()) {
    if (wanted.length === asked.limit) {
      position = positionOf({}, items[index - 1] ?? item);
      break;
    }
    const shelf = toShelf(item);
    const asksFor =
      (asked.type === undefined || shelf.type === asked.type) && foldName(shelf.name).includes(name);
    if (asksFor && entitledBy(row, shelf)) wanted.push(shelf);
  }
  return { shelves: wanted, next: position, ...(await itemsFor(at.providerId, wanted)) };
}

async function itemsFor(providerId: string, shelves: readonly Shelf[]) {
  const [system, ...heads] = await getAll([
    systemKey(providerId),
    ...shelves.map(({ id }) => catalogKey(providerId, id)),
  ]);
  return { pricing: pricingOf(system), items: heads.map((one) => one && toItem(one)) };
}

/** One item with what decides about it, and the description of what is published. */
export async function shopItemOf(
  at: { customerId: string; providerId: string },
  itemId: string,
): Promise<{
  shelf: Shelf | undefined;
  item: CatalogItem | undefined;
  pricing: Pricing;
  fullView: boolean;
  description: string | null;
}> {
  const [shelf, settings, head, system] = await getAll([
    assignmentKey(at.customerId, itemId),
    catalogSettingsKey(at.customerId),
    catalogKey(at.providerId, itemId),
    systemKey(at.providerId),
  ]);
  const item = head && toItem(head);
  const revision = item?.published?.revision;
  const told =
    shelf && revision !== undefined
      ? await get(catalogRevisionKey(at.providerId, itemId, revision))
      : undefined;
  return {
    shelf: shelf && toShelf(shelf),
    item,
    pricing: pricingOf(system),
    fullView: toSettings(settings).fullView,
    description: told ? toRevision(told).content.description : null,
  };
}
