import { getAll, page } from '../aws/db.ts';
import { assignmentKey, dynamicGroupKey, endUserKey, marketplaceKey, namePartition } from '../kit/keys.ts';
import type { LoadInput } from '../kit/route.ts';
import { foldName } from '../kit/text.ts';
import type { Arrangement } from './arrange.ts';
import { concerned } from './arrange.ts';
import { censusFor } from './census-store.ts';
import { type ChangedMarketplace, type Marketplace, toMarketplace } from './marketplace.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';
import { toShelf } from './shelf.ts';

/** A marketplace of a customer. */
export async function marketplaceOf(
  customerId: string,
  marketplaceId: string,
): Promise<Marketplace | undefined> {
  const [item] = await getAll([marketplaceKey(customerId, marketplaceId)], true);
  return item && toMarketplace(item, customerId);
}

/** A page of a customer's marketplaces by name. */
export function marketplacePage(
  customerId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  return page({
    index: 'names',
    partition: namePartition(customerId, 'MARKET'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

/** What a change of a marketplace depends on; of people, groups and filters those are looked up that are new. */
export async function arrangementFor(
  input: Pick<LoadInput, 'target' | 'now' | 'scope'>,
  command: ChangedMarketplace,
  before: Marketplace | undefined,
): Promise<Arrangement> {
  const customerId = input.target;
  const after = before && { ...before, ...given(command) };
  const items = [...new Set([...(command.items ?? []), ...(after ? concerned({ before, after }) : [])])];
  const people = (command.people ?? []).filter((one) => !before?.people.includes(one));
  const groups = command.dynamicGroups
    ? [...new Set([...command.dynamicGroups, ...(before?.dynamicGroups ?? [])])]
    : [];
  const asked = command.allowEmpty ? {} : { groups: command.groups, filters: command.filters, before };
  const [found, census] = await Promise.all([
    getAll(
      [
        catalogSettingsKey(customerId),
        ...items.map((one) => assignmentKey(customerId, one)),
        ...people.map((one) => endUserKey(customerId, one)),
        ...groups.map((one) => dynamicGroupKey(customerId, one)),
      ],
      true,
    ),
    input.scope().then(({ target }) => censusFor(target, input.now, asked)),
  ]);
  const [settings, ...rest] = found;
  const shelves = rest.slice(0, items.length).flatMap((item) => (item ? [toShelf(item)] : []));
  return {
    settings: toSettings(settings),
    shelves: new Map(shelves.map((one) => [one.id, one])),
    known: new Set(people.filter((_, index) => rest[items.length + index])),
    groups: new Set(groups.filter((_, index) => rest[items.length + people.length + index])),
    ...census,
  };
}

/** The same for its end. */
export async function arrangementWithout(before: Marketplace): Promise<Arrangement> {
  const { customerId, items, dynamicGroups } = before;
  const keys = [
    ...items.map((one) => assignmentKey(customerId, one)),
    ...dynamicGroups.map((one) => dynamicGroupKey(customerId, one)),
  ];
  const [settings, ...rest] = await getAll([catalogSettingsKey(customerId), ...keys], true);
  const shelves = rest.slice(0, items.length).flatMap((item) => (item ? [toShelf(item)] : []));
  return {
    settings: toSettings(settings),
    shelves: new Map(shelves.map((one) => [one.id, one])),
    known: new Set(),
    groups: new Set(dynamicGroups.filter((_, index) => rest[items.length + index])),
    empty: [],
    strange: [],
  };
}

const given = (command: ChangedMarketplace): Partial<Marketplace> =>
  Object.fromEntries(
    Object.entries(command).filter(([name, value]) => name !== 'allowEmpty' && value !== undefined),
  );

/** A marketplace with the assignment of one item. */
export async function listingOf(customerId: string, marketplaceId: string, itemId: string) {
  const keys = [marketplaceKey(customerId, marketplaceId), assignmentKey(customerId, itemId)];
  const [item, shelf] = await getAll(keys, true);
  return { marketplace: item && toMarketplace(item, customerId), shelf: shelf && toShelf(shelf) };
}
