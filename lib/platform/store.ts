import { each, get, page } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import { memberKey, memberPrefix, namePartition, partition } from '../kit/keys.ts';
import type { Membership } from '../kit/membership.ts';
import { foldName } from '../kit/text.ts';
import { toMembership } from './member.ts';

/** A page of the installation's providers by name. */
export function providersByName(query: { limit: number; q?: string | undefined }, after: string | undefined) {
  return page({
    index: 'names',
    partition: namePartition(platformId, 'PROVIDER'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

/** All members of a node: a handful of staff. */
export async function membersOf(nodeId: string, consistent: boolean): Promise<Membership[]> {
  const out: Membership[] = [];
  for await (const item of each({
    partition: partition(nodeId),
    prefix: memberPrefix,
    limit: 100,
    consistent,
  })) {
    out.push(toMembership(item, nodeId));
  }
  return out;
}

/** A page of the members of a node. */
export function memberPage(nodeId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(nodeId), prefix: memberPrefix, limit, after });
}

export async function memberOf(nodeId: string, personId: string): Promise<Membership | undefined> {
  const item = await get(memberKey(nodeId, personId), true);
  return item && toMembership(item, nodeId);
}
