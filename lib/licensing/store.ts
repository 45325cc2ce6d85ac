import { get, getAll, page } from '../aws/db.ts';
import { prefixes } from '../kit/id.ts';
import { meterKey, meterPrefix, monitoredItemKey, namePartition, partition } from '../kit/keys.ts';
import { resourceTypes } from '../kit/resource.ts';
import { providerOf, type Scope } from '../kit/scope.ts';
import type { Account } from './account.ts';
import type { Newest } from './allocation.ts';
import { type Kept, mostItems, toKept } from './item.ts';
import { type Meter, toMeter } from './meter.ts';
import { type Layers, type Notification, notificationKey, toNotification } from './notification.ts';
import { isCustomer, type Pool, toPool } from './pool.ts';
import { reportedPrefix } from './reported.ts';
import type { ResourceType } from './resource.ts';
import { termsKey, toTerms } from './terms.ts';

/** The provider of the target: the caller's own node for its staff, else what the target's path says. */
export async function providerFor(input: { home: string; scope: () => Promise<Scope> }): Promise<string> {
  return input.home.startsWith(prefixes.provider) ? input.home : providerOf((await input.scope()).target);
}

/** A customer's terms, settings and meters, with the provider's pools: one round trip. */
export async function accountOf(
  of: { customerId: string; providerId: string },
  consistent: boolean,
): Promise<Account> {
  const { account } = await accountWithItems({ ...of, itemIds: [] }, consistent);
  return account;
}

/** As `accountOf`, with monitored items read in the same round trip; undefined where there is none. */
export async function accountWithItems(
  of: { customerId: string; providerId: string; itemIds: readonly string[] },
  consistent: boolean,
): Promise<{ account: Account; items: (Kept | undefined)[] }> {
  const { customerId, providerId, itemIds } = of;
  const settings = [termsKey(customerId), notificationKey(customerId), notificationKey(providerId)];
  const [[terms, own, defaults, ...items], meters, pools] = await Promise.all([
    getAll([...settings, ...itemIds.map((id) => monitoredItemKey(customerId, id))], consistent),
    metersOf(customerId, consistent),
    poolsOf(providerId, consistent),
  ]);
  const account: Account = {
    customerId,
    providerId,
    terms: toTerms(terms),
    own: toNotification(own),
    defaults: toNotification(defaults),
    meters,
    pools: new Map(pools.map((pool) => [pool.type, pool])),
  };
  return { account, items: items.map((item) => item && toKept(item, customerId)) };
}

/** What a customer uses of each type. */
export async function metersOf(customerId: string, consistent: boolean): Promise<Map<ResourceType, Meter>> {
  const found = await byType(customerId, consistent);
  return new Map(resourceTypes.map((type) => [type, toMeter(found.get(type), { customerId, type })]));
}

/** A provider's pools of all types. */
export async function poolsOf(providerId: string, consistent: boolean): Promise<Pool[]> {
  // Above a customer that no partner looks after there is no pool.
  if (isCustomer(providerId)) return resourceTypes.map((type) => toPool(undefined, { providerId, type }));
  const found = await byType(providerId, consistent);
  return resourceTypes.map((type) => toPool(found.get(type), { providerId, type }));
}

// One Query of a node's few small meters costs less than asking for each of them.
async function byType(nodeId: string, consistent: boolean): Promise<Map<unknown, Record<string, unknown>>> {
  const { items } = await page({
    partition: partition(nodeId),
    prefix: meterPrefix,
    limit: resourceTypes.length,
    consistent,
  });
  return new Map(items.map((item) => [item.type, item]));
}

export async function poolOf(providerId: string, type: ResourceType): Promise<Pool> {
  return toPool(await get(meterKey(providerId, type), true), { providerId, type });
}

export async function defaultsOf(providerId: string): Promise<Notification> {
  return toNotification(await get(notificationKey(providerId), true));
}

/** A customer's own settings and the provider's defaults. */
export async function settingsOf(customerId: string, providerId: string): Promise<Layers> {
  const [own, defaults] = await getAll([notificationKey(customerId), notificationKey(providerId)], true);
  return { own: toNotification(own), defaults: toNotification(defaults) };
}

export async function itemOf(customerId: string, itemId: string): Promise<Kept | undefined> {
  const item = await get(monitoredItemKey(customerId, itemId), true);
  return item && toKept(item, customerId);
}

/** With `force`, also the items managed last of each type: whom lowered limits may stop monitoring. */
export async function accountAndNewest(
  of: { customerId: string; providerId: string },
  force: boolean,
): Promise<{ account: Account; newest: Newest | undefined }> {
  if (!force) return { account: await accountOf(of, true), newest: undefined };
  const { customerId } = of;
  const [account, ...rows] = await Promise.all([
    accountOf(of, true),
    ...resourceTypes.map((type) => newestManaged(customerId, type, mostItems)),
  ]);
  const found = await getAll(
    rows.flat().map((id) => monitoredItemKey(customerId, id)),
    true,
  );
  const kept = found.flatMap((item) => (item ? [toKept(item, customerId)] : []));
  const newest = new Map(
    resourceTypes.map((type) => [type, kept.filter((one) => one.type === type && one.state === 'MANAGED')]),
  );
  return { account, newest };
}

/** A page of monitored items: by id, of one probe, or of one type (and state) oldest first within each state. */
export function itemPage(
  customerId: string,
  filter: { type?: ResourceType | undefined; state?: string | undefined; probeId?: string | undefined },
  range: { limit: number; after: string | undefined },
) {
  const { type, state, probeId } = filter;
  if (probeId)
    return page({ partition: partition(customerId, 'ITEM'), prefix: reportedPrefix(probeId), ...range });
  if (!type) return page({ partition: partition(customerId, 'ITEM'), ...range });
  const prefix = state ? `${type}#${state}#` : `${type}#`;
  return page({ index: 'names', partition: namePartition(customerId, 'ITEM'), prefix, ...range });
}

/** Ids of the items of a type that were managed last, newest first. */
async function newestManaged(customerId: string, type: ResourceType, limit: number): Promise<string[]> {
  const { items } = await page({
    index: 'names',
    partition: namePartition(customerId, 'ITEM'),
    prefix: `${type}#MANAGED#`,
    backwards: true,
    limit,
  });
  return items.map(({ id }) => String(id));
}
