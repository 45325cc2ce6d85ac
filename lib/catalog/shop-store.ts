import { get, getAll, page, positionOf } from '../aws/db.ts';
import { assignmentKey, catalogKey, catalogRevisionKey, partition, settingsKey } from '../kit/keys.ts';
import { foldName } from '../kit/text.ts';
import { entitledBy, type Holder } from './entitlement.ts';
import { type CatalogItem, toItem, toRevision } from './item.ts';
import { type Pricing, pricingOf } from './price.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';
import { type Shelf, toShelf } from './shelf.ts';
import { neededParts } from './shop.ts';

/** A row as far as entitlements go. */
export const toHolder = (row: Readonly<Record<string, unknown>> | undefined): Holder => ({
  markets: (row?.markets ?? []) as number[],
});

const systemKey = (providerId: string) => settingsKey(providerId, 'CREDIT_SYSTEM');
const lookedAt = 200;
/** Where a name is asked for: published names are read with the items. */
const lookedAtByName = 99;

export interface Asked {
  readonly type?: string | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
}

/** What a page of the catalogue for one person is made from: entitled assignments with their items, which say the names. */
export async function shopPage(
  at: { customerId: string; providerId: string; row: Promise<Holder> },
  asked: Asked,
  after: string | undefined,
) {
  const name = foldName(asked.q ?? '');
  const range = {
    partition: partition(at.customerId, 'ASSIGNED'),
    limit: name === '' ? lookedAt : lookedAtByName,
    after,
  };
  const [{ items, next }, row] = await Promise.all([page(range), at.row]);
  const most = name === '' ? asked.limit : lookedAtByName;
  const wanted: Shelf[] = [];
  let position = next;
  for (const [index, item] of items.entries()) {
    if (wanted.length === most) {
      position = positionOf({}, items[index - 1] ?? item);
      break;
    }
    const shelf = toShelf(item);
    if ((asked.type === undefined || shelf.type === asked.type) && entitledBy(row, shelf)) wanted.push(shelf);
  }
  const { pricing, items: heads } = await itemsFor(at.providerId, wanted);
  const chosen = wanted.flatMap((shelf, index) => {
    const item = heads[index];
    return foldName(item?.published?.name ?? '').includes(name) ? [{ shelf, item }] : [];
  });
  const shown = chosen.slice(0, asked.limit);
  const last = chosen.length > shown.length ? shown.at(-1) : undefined;
  if (last) position = positionOf({}, last.shelf.item);
  const found = { pricing, items: shown.map(({ item }) => item) };
  const seen = new Set(items.map(({ id }) => String(id)));
  const whole = after === undefined && next === null;
  const owned = whole ? seen : await ownedParts(at.customerId, found.items, seen);
  return { shelves: shown.map(({ shelf }) => shelf), next: position, owned, ...found };
}

/** What the customer has of the parts that these items need: those that are not `seen` are read. */
export async function ownedParts(
  customerId: string,
  items: readonly (CatalogItem | undefined)[],
  seen: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const needed = items.flatMap(neededParts).filter((one) => !seen.has(one));
  return new Set([...seen, ...(await holdingsOf(customerId, needed)).keys()]);
}

/** Versions of the customer's assignments of these items, by id, as far as there are any. */
export async function holdingsOf(
  customerId: string,
  itemIds: readonly string[],
  consistent = false,
): Promise<ReadonlyMap<string, number>> {
  const keys = [...new Set(itemIds)].map((one) => assignmentKey(customerId, one));
  const portions = Array.from({ length: Math.ceil(keys.length / 100) }, (_, index) =>
    getAll(keys.slice(index * 100, index * 100 + 100), consistent),
  );
  const found = (await Promise.all(portions)).flat();
  return new Map(found.flatMap((item) => (item ? [[String(item.id), Number(item.version)] as const] : [])));
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
  owned: ReadonlyMap<string, number>;
}> {
  const [shelf, settings, head, system] = await getAll([
    assignmentKey(at.customerId, itemId),
    catalogSettingsKey(at.customerId),
    catalogKey(at.providerId, itemId),
    systemKey(at.providerId),
  ]);
  const item = head && toItem(head);
  const shown = shelf && item?.published;
  const [told, owned] = await Promise.all([
    shown ? get(catalogRevisionKey(at.providerId, itemId, shown.revision)) : undefined,
    holdingsOf(at.customerId, shown ? shown.parts.map((one) => one.itemId) : []),
  ]);
  return {
    shelf: shelf && toShelf(shelf),
    item,
    pricing: pricingOf(system),
    fullView: toSettings(settings).fullView,
    owned,
    description: told ? toRevision(told).content.description : null,
  };
}
