import { get, getAll, page, positionOf } from '../aws/db.ts';
import { defaultGroupId } from '../kit/id.ts';
import {
  consoleKey,
  type Key,
  machineGroupKey,
  namePartition,
  packageKey,
  partition,
  policyKey,
  policyVersionKey,
  productKey,
} from '../kit/keys.ts';
import type { LoadInput } from '../kit/route.ts';
import type { Scope } from '../kit/scope.ts';
import { providerOf } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { type Console, toConsole } from './console.ts';
import { defaultGroup, type MachineGroup, mostGroups, toGroup, wholeTree } from './group.ts';
import type { Grouping } from './group-tree.ts';
import { toPackage, toPackageProduct } from './package.ts';
import {
  type EffectivePolicy,
  effectivePolicy,
  givingGroup,
  type Policy,
  toPolicy,
  toVersion,
} from './policy.ts';

const groupsIn = (customerId: string) => partition(customerId, 'MACHINE_GROUP');

/** Every group of a customer: one Query. */
export async function groupsOf(customerId: string): Promise<MachineGroup[]> {
  const range = { partition: groupsIn(customerId), limit: mostGroups + 1, consistent: true };
  return wholeTree((await page(range)).items);
}

/** Read with the caller's membership, and so before the groups are: who is bound to it is bound to the tree as it was read. */
export const besideConsole = ({ target }: { target: string }): Key[] => [consoleKey(target)];

/** What a change of the tree of groups is decided from; a second round trip, behind that of the console. */
export async function groupingOf(
  customerId: string,
  policyId: string | null | undefined,
  { alongside }: Pick<LoadInput, 'alongside'>,
): Promise<Grouping> {
  const [told] = await alongside();
  const [groups, policy] = await Promise.all([
    groupsOf(customerId),
    policyId ? policyOf(customerId, policyId) : undefined,
  ]);
  return { console: toConsole(customerId, told), groups, policy };
}

/** A page of groups by age, the default one first whether it is stored or not. */
export async function groupPage(customerId: string, limit: number, after: string | undefined) {
  const read = await page({ partition: groupsIn(customerId), limit, after });
  const lacks = after === undefined && read.items[0]?.SK !== defaultGroupId;
  if (!lacks) return { groups: read.items.map(toGroup), next: read.next };
  const shown = read.items.slice(0, limit - 1);
  const last = shown.at(-1) ?? machineGroupKey(customerId, defaultGroupId);
  const more = read.next !== null || shown.length < read.items.length;
  return { groups: [defaultGroup, ...shown.map(toGroup)], next: more ? positionOf({}, { ...last }) : null };
}

/** The policy of a group's machines: two round trips, whatever the number of policies. */
export async function policyFor(customerId: string, groupId: string): Promise<EffectivePolicy> {
  const groups = await groupsOf(customerId);
  const line = groups.some(({ id }) => id === groupId) ? groupId : defaultGroupId;
  const giving = givingGroup(groups, line);
  const policy = giving?.policyId && (await policyOf(customerId, giving.policyId));
  return effectivePolicy(groups, policy ? [policy] : [], line);
}

export async function groupWithPolicy(customerId: string, groupId: string) {
  const groups = await groupsOf(customerId);
  const group = groups.find(({ id }) => id === groupId);
  const giving = group && givingGroup(groups, groupId);
  const policy = giving?.policyId && (await policyOf(customerId, giving.policyId));
  return group && { group, effective: effectivePolicy(groups, policy ? [policy] : [], groupId) };
}

export async function policyOf(customerId: string, policyId: string): Promise<Policy | undefined> {
  const item = await get(policyKey(customerId, policyId), true);
  return item && toPolicy(item);
}

/** A policy's head, and one of its versions where that is asked for. */
export async function policyAt(customerId: string, policyId: string, version: number | undefined) {
  const keys = [policyKey(customerId, policyId), policyVersionKey(customerId, policyId, version ?? 0)];
  const [head, older] = await getAll(version === undefined ? keys.slice(0, 1) : keys, true);
  return { head: head && toPolicy(head), older: older && toVersion(older) };
}

export async function consoleOf(customerId: string): Promise<Console> {
  return toConsole(customerId, await get(consoleKey(customerId), true));
}

export async function consoleAndPolicy(customerId: string, policyId: string) {
  const [told, policy] = await getAll([consoleKey(customerId), policyKey(customerId, policyId)], true);
  return { console: toConsole(customerId, told), policy: policy && toPolicy(policy) };
}

/** A page of a customer's policies by name. */
export function policiesByName(
  customerId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  const index = { index: 'names', partition: namePartition(customerId, 'POLICY') } as const;
  return page({ ...index, prefix: foldName(query.q ?? ''), limit: query.limit, after });
}

/** A page of a policy's versions, the newest first. */
export async function versionPage(
  of: { customerId: string; policyId: string },
  limit: number,
  after: string | undefined,
) {
  const prefix = policyVersionKey(of.customerId, of.policyId, 0).SK.slice(0, -5);
  const range = { partition: partition(of.customerId, 'POLICY'), prefix, limit, after };
  const { items, next } = await page({ ...range, backwards: true });
  return { versions: items.map(toVersion), next };
}

/** What a package is made from: a second round trip, for the product is the provider's. */
export async function groundOfPackage(
  asked: { customerId: string; groupId: string; productId: string },
  scope: () => Promise<Scope>,
) {
  const { target } = await scope();
  const { customerId, groupId, productId } = asked;
  const keys = [machineGroupKey(customerId, groupId), productKey(providerOf(target), productId)];
  const [group, product] = await getAll(keys, true);
  return {
    group: group ? toGroup(group) : groupId === defaultGroupId ? defaultGroup : undefined,
    product: product && toPackageProduct(product),
  };
}

export async function packageOf(customerId: string, packageId: string) {
  const item = await get(packageKey(customerId, packageId), true);
  return item && toPackage(item);
}

/** A page of a customer's packages, the newest first. */
export async function packagePage(customerId: string, limit: number, after: string | undefined) {
  const range = { partition: partition(customerId, 'PACKAGE'), limit, after, backwards: true };
  const { items, next } = await page(range);
  return { packages: items.map(toPackage), next };
}

/** A package with its group and product as they are now. */
export async function packageWithGround(customerId: string, packageId: string, scope: () => Promise<Scope>) {
  const [found] = await Promise.all([packageOf(customerId, packageId), scope()]);
  return found && { found, ...(await groundOfPackage({ customerId, ...found }, scope)) };
}
