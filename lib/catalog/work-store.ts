import { get, getAll, page, positionOf } from '../aws/db.ts';
import { assignmentKey, marketplaceKey, nodeKey, operationKey, partition } from '../kit/keys.ts';
import { candidatesFrom, candidatesOfRows } from './candidate-store.ts';
import type { Markets } from './enrolment.ts';
import { toMarketplace } from './marketplace.ts';
import { headcount, type Place, rowsPage, sourcesPage } from './people-store.ts';
import { currentMarkets } from './rules-store.ts';
import { type CatalogSettings, catalogSettingsKey, toSettings } from './settings.ts';
import { type Shelf, toShelf } from './shelf.ts';
import { handOver, type Step, stepItems, stepPeople, stepShelves } from './step.ts';
import { toWork, type Work } from './work.ts';

/** Work of a customer's catalogue. */
export async function workOf(customerId: string, operationId: string): Promise<Work | undefined> {
  const item = await get(operationKey(customerId, operationId), true);
  return item?.kind === 'catalogOperation' ? toWork(item) : undefined;
}

/** Assignments of these items, as far as there are any. */
export async function shelvesOf(customerId: string, itemIds: readonly string[]): Promise<Map<string, Shelf>> {
  const found = await getAll(
    itemIds.map((one) => assignmentKey(customerId, one)),
    true,
  );
  return new Map(found.flatMap((item) => (item ? [[String(item.id), toShelf(item)] as const] : [])));
}

const lately = 25;

/** Whether a change of a marketplace is still on its way to its items, as far as the customer's latest work tells. */
export async function isUnderway(customerId: string, marketplaceId: string): Promise<boolean> {
  const range = { partition: partition(customerId, 'OPERATION'), backwards: true, limit: lately };
  const { items } = await page({ ...range, consistent: true });
  return items
    .flatMap((item) => (item.kind === 'catalogOperation' ? [toWork(item)] : []))
    .some((work) => work.marketplaceId === marketplaceId && work.items.length > 0);
}

const itemsEach = 45;
const shelvesEach = 90;
const rowsEach = 90;
const sourcesEach = 40;

/** The next step of a piece of work, by what stands in the table now; `markets` are those of an earlier step, if they still hold. */
export async function nextStep(
  work: Work,
  place: Place,
  markets: Markets | undefined,
): Promise<{ step: Step; markets: Markets }> {
  const current = await currentMarkets(place.customerId, markets);
  return { step: await stepOf(work, place, current), markets: current };
}

async function stepOf(work: Work, place: Place, markets: Markets): Promise<Step> {
  const at = { now: place.now };
  const { customerId } = work;
  if (work.items.length > 0) {
    const taken = work.items.slice(0, itemsEach);
    const key = marketplaceKey(customerId, work.marketplaceId ?? '');
    const [item, shelves] = await Promise.all([get(key, true), shelvesOf(customerId, taken)]);
    const marketplace = item && toMarketplace(item, customerId);
    return stepItems(work, { marketplace, number: work.number ?? 0, shelves, taken }, at);
  }
  const [walk] = work.walks;
  if (walk === 'ASSIGNED') {
    const range = { partition: partition(customerId, 'ASSIGNED'), limit: shelvesEach, consistent: true };
    const { items, next } = await page({ ...range, after: work.position ?? undefined });
    return stepShelves(work, { shelves: items.map(toShelf), next, settings: markets.settings }, at);
  }
  const total = work.total === null ? work.done + (await headcount(place)) : null;
  if (walk === 'ROWS') {
    if (markets.settings.generation > work.generation) return handOver(work, at);
    const { rows, next } = await rowsPage(customerId, rowsEach, work.position ?? undefined);
    const candidates = await candidatesOfRows(
      place,
      rows.map(({ row }) => row),
    );
    const positions = rows.map(({ position }) => position);
    return stepPeople(work, { candidates, positions, next, markets, total }, at);
  }
  const asked = { walk: walk ?? 'PEOPLE', limit: sourcesEach } as const;
  const { sources, next } = await sourcesPage(place, asked, work.position ?? undefined);
  const candidates = await candidatesFrom(
    place,
    sources.map(({ source }) => source),
  );
  const positions = sources.map(({ position }) => position);
  return stepPeople(work, { candidates, positions, next, markets, total }, at);
}

export const settingsOf = async (customerId: string): Promise<CatalogSettings> =>
  toSettings(await get(catalogSettingsKey(customerId), true));

/** A piece of work with what holds for the customer's catalogue. */
export async function workAndSettings(customerId: string, operationId: string) {
  const [item, settings] = await getAll(
    [operationKey(customerId, operationId), catalogSettingsKey(customerId)],
    true,
  );
  const work = item?.kind === 'catalogOperation' ? toWork(item) : undefined;
  return { work, settings: toSettings(settings) };
}

/** A customer's settings with its assignments, as many as one transaction changes. */
export async function settingsAndShelves(customerId: string, most: number) {
  const range = { partition: partition(customerId, 'ASSIGNED'), limit: most, consistent: true };
  const [settings, { items, next }] = await Promise.all([settingsOf(customerId), page(range)]);
  return { settings, shelves: items.map(toShelf), more: next !== null };
}

/** A customer's settings with one assignment. */
export async function settingsAndShelf(customerId: string, itemId: string) {
  const keys = [catalogSettingsKey(customerId), assignmentKey(customerId, itemId)];
  const [settings, item] = await getAll(keys, true);
  return { settings: toSettings(settings), shelf: item && toShelf(item) };
}

/** A page of a customer's assignments, in the order of their ids. */
export async function shelfPage(customerId: string, limit: number, after: string | undefined) {
  const { items, next } = await page({ partition: partition(customerId, 'ASSIGNED'), limit, after });
  return { shelves: items.map((item) => ({ ...toShelf(item), position: positionOf({}, item) })), next };
}

export const nodeOf = (nodeId: string) => get(nodeKey(nodeId), true);
