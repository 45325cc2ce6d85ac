import { getAll, page } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import { meterPrefix, namePartition, noticeKey, partition, reconcilerKey } from '../kit/keys.ts';
import type { Round } from './reconciler.ts';

type Stored = Readonly<Record<string, unknown>>;

const listedAtOnce = 25;
const entriesAtOnce = 50;
const newest = 10;
const mostMeters = 100;

/** How far the reconciler has come; undefined before its first run. */
export async function roundNow<Link>(): Promise<Round<Link> | undefined> {
  const { items } = await page({ partition: reconcilerKey().PK, limit: 1, consistent: true });
  return items[0] as unknown as Round<Link> | undefined;
}

/** The next provider, or the next customers that no partner looks after. */
export async function rootsAfter({
  of,
  after,
}: Round['roots']): Promise<{ ids: string[]; next: string | null }> {
  const { items, next } =
    of === 'providers'
      ? await page({ index: 'tree', partition: partition(platformId), limit: 1, after })
      : await page({
          index: 'names',
          partition: namePartition(platformId, 'CUSTOMER'),
          limit: listedAtOnce,
          after,
        });
  return { ids: items.map(({ id }) => String(id)), next };
}

/** Customers and resellers of a provider. */
export async function nodesBelow(rootId: string, after: string | undefined) {
  const { items, next } = await page({
    index: 'tree',
    partition: partition(rootId),
    limit: listedAtOnce,
    after,
  });
  return { ids: items.map(({ id }) => String(id)).filter((id) => id !== rootId), next };
}

/** Pools of a provider, or meters of a customer. */
export async function metersOf(tenantId: string): Promise<Stored[]> {
  const found = await page({
    ...{ partition: partition(tenantId), prefix: meterPrefix },
    ...{ limit: mostMeters, consistent: true },
  });
  return found.items;
}

/** The newest operations or provisioning requests of a tenant. */
export async function workOf(tenantId: string, kind: 'OPERATION' | 'PROVISION'): Promise<Stored[]> {
  return (await page({ partition: partition(tenantId, kind), limit: newest, backwards: true })).items;
}

export function entriesAfter(tenantId: string, after: string | undefined) {
  return page({ partition: partition(tenantId, 'ENTRY'), limit: entriesAtOnce, consistent: true, after });
}

/** Of these notices of a tenant, those that are not there. */
export async function missingNotices(tenantId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const found = await getAll(ids.map((id) => noticeKey(tenantId, id)));
  return ids.filter((_, at) => found[at] === undefined);
}
