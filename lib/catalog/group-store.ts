import { get, getAll, page } from '../aws/db.ts';
import { dynamicGroupKey, namePartition } from '../kit/keys.ts';
import { foldName } from '../kit/text.ts';
import { type DynamicGroup, readDynamicGroup, toDynamicGroup } from './dynamic-group.ts';
import type { SaidRules } from './rules.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';

/** A dynamic group of a customer. */
export async function dynamicGroupOf(customerId: string, groupId: string): Promise<DynamicGroup | undefined> {
  const item = await get(dynamicGroupKey(customerId, groupId), true);
  return item && toDynamicGroup(item, customerId);
}

/** The same with what holds for the customer's whole catalogue. */
export async function groupAndSettings(customerId: string, groupId: string) {
  const keys = [dynamicGroupKey(customerId, groupId), catalogSettingsKey(customerId)];
  const [item, settings] = await getAll(keys, true);
  return { before: item && toDynamicGroup(item, customerId), settings: toSettings(settings) };
}

/** A page of a customer's dynamic groups by name. */
export function dynamicGroupPage(
  customerId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  return page({
    index: 'names',
    partition: namePartition(customerId, 'GROUP'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

/** The dynamic groups that these rules name, by their ids, as far as they are there and can be read. */
export async function gatheringsOf(
  customerId: string,
  named: readonly Pick<SaidRules, 'dynamicGroups'>[],
): Promise<Map<string, DynamicGroup>> {
  const ids = [...new Set(named.flatMap(({ dynamicGroups }) => dynamicGroups))];
  const items = await getAll(
    ids.map((one) => dynamicGroupKey(customerId, one)),
    true,
  );
  return new Map(
    items.flatMap((item) => {
      const read = readDynamicGroup(item, customerId);
      return read ? [[read.id, read] as const] : [];
    }),
  );
}
