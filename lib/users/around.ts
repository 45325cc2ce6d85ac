import * as z from 'zod';
import { limitAlong, sayingAlong } from '../kit/inherit.ts';
import { userCountKey, usersOfCollection, usersOfDomain } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import type { NamesUnderway } from '../kit/upn.ts';
import type { Collection } from './collection.ts';
import { collectionUnknown, domainUnknown, namesMove, userLimitReached } from './problems.ts';
import type { Preset, RoleChoice, RoleHeld } from './role.ts';
import type { User } from './user.ts';

/** How many users a customer has; absent before the first. */
export interface Count {
  readonly users: number;
  /** The version of the profile at which a domain was last dropped. */
  readonly dropped?: number | undefined;
  /** Their UPNs, while they are on their way to another root. */
  readonly names?: NamesUnderway | undefined;
  readonly version: number;
}

/** What surrounds a user: how many there are, what the nodes above allow, the collection that is named. */
export interface Around {
  readonly count: Count | undefined;
  /** Profiles from the provider, with what it says for all, down to the customer. */
  readonly line: readonly Readonly<Record<string, unknown>>[];
  readonly collection: Collection | undefined;
}

const profile = z.object({
  domains: z
    .array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))
    .catch([]),
  status: z.string().catch('NotProvisioned'),
  timeZone: z.string().nullable().catch(null),
});

/** What a customer's profile says of its users. */
export function profileOf(node: Pick<Node, 'item'>): z.output<typeof profile> {
  return profile.parse(node.item);
}

/** True while the engine keeps the customer in the directory, or is about to. */
export function isProvisioned(node: Pick<Node, 'item'>): boolean {
  return ['Requested', 'InProgress', 'Provisioned', 'Pending'].includes(profileOf(node).status);
}

export function isOfDomain(upn: string, node: Pick<Node, 'item'>): boolean {
  return profileOf(node).domains.some((one) => upn.endsWith(`@${one.toLowerCase()}`));
}

export function mustBeOfDomain(upn: string, node: Pick<Node, 'item'>): void {
  if (isOfDomain(upn, node)) return;
  const errors = [{ pointer: '#/upn', message: 'does not end with a domain of the customer' }];
  throw new Problem(domainUnknown, undefined, { errors });
}

const ruled = z.object({
  passwordRule: z
    .object({ changeAtNextLogon: z.boolean(), neverExpires: z.boolean() })
    .nullable()
    .catch(null),
  locks: z.array(z.string()).catch([]),
});

/** What the password rule in force says of a new user. */
export function passwordDefaults(line: Around['line']) {
  const rule = sayingAlong(
    line.map((one) => ruled.parse(one)),
    'passwordRule',
  ).saying?.passwordRule;
  return {
    changePasswordAtNextLogon: rule?.changeAtNextLogon ?? true,
    passwordNeverExpires: rule?.neverExpires ?? false,
  };
}

/** A choice as it is held, and the built-in roles that it gives. */
export function resolve(
  choice: RoleChoice | null,
  collection: Collection | undefined,
): { role: RoleHeld | null; roles: Preset[] } {
  if (choice === null) return { role: null, roles: [] };
  if ('preset' in choice) return { role: choice, roles: [choice.preset] };
  if (!collection) {
    const errors = [{ pointer: '#/role/collectionId', message: 'is not a collection of yours or above' }];
    throw new Problem(collectionUnknown, undefined, { errors });
  }
  return {
    role: { collectionId: collection.id, nodeId: collection.nodeId },
    roles: [...collection.roles],
  };
}

export const isFirst = (count: Count | undefined): boolean => (count?.users ?? 0) === 0;

/**
 * Counts users in, within the lowest limit of the line. The first is counted at the version seen, all later ones only while there is
 * somebody: of two at once exactly one is the first.
 */
export function countIn(
  customer: Node,
  around: Pick<Around, 'count' | 'line'>,
  users: readonly Counted[],
): Write {
  const key = userCountKey(customer.id);
  const more = users.length;
  const { count } = around;
  mustStand(count);
  const most = limitAlong(around.line)?.limit;
  const held = count?.users ?? 0;
  if (most !== undefined && held + more > most) {
    refuse(userLimitReached, undefined, { limit: most, users: held });
  }
  const add = { ...tally(users, 1), users: more, version: 1 };
  if (!count) return { do: 'create', item: { ...key, kind: 'userCount', dropped: 0, ...add } };
  const domains = stillHas(customer, count);
  if (held === 0) return { do: 'adjust', key, add, version: count.version, atMost: domains };
  return {
    do: 'adjust',
    key,
    add,
    atLeast: { users: 1 },
    atMost: { ...domains, ...(most === undefined ? {} : { users: most - more }) },
  };
}

export const countOut = (customer: Node, count: Count | undefined, user: Counted): Write => ({
  do: 'adjust',
  key: userCountKey(customer.id),
  add: { ...tally([user], -1), users: -1, version: 1 },
  atMost: stillHas(customer, count),
});

/** Counts a user whose UPN or role has changed; another UPN is bound to the count, whatever its domain. */
export function recount(
  customer: Node,
  count: Count | undefined,
  user: { before: Counted; after: Counted },
): Write[] {
  const add = tally([user.before], -1);
  for (const [name, by] of Object.entries(tally([user.after], 1))) add[name] = (add[name] ?? 0) + by;
  const changed = Object.entries(add).filter(([, by]) => by !== 0);
  const renamed = user.before.upn !== user.after.upn;
  if (renamed) mustStand(count);
  if (changed.length === 0 && !renamed) return [];
  const key = userCountKey(customer.id);
  const atMost = renamed ? stillHas(customer, count) : {};
  return [{ do: 'adjust', key, add: { ...Object.fromEntries(changed), version: 1 }, atMost }];
}

/** What of a user is counted besides their being one. */
type Counted = Pick<User, 'upn'> & { readonly role: RoleChoice | RoleHeld | null };

function tally(users: readonly Counted[], by: 1 | -1): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { upn, role } of users) {
    const names = [usersOfDomain(upn.slice(upn.indexOf('@') + 1))];
    if (role && 'collectionId' in role) names.push(usersOfCollection(role.collectionId));
    for (const name of names) counts[name] = (counts[name] ?? 0) + by;
  }
  return counts;
}

/** A UPN is claimed at one root: not while those of the customer go from one to another. */
function mustStand(count: Count | undefined): void {
  if (count?.names) refuse(namesMove);
}

/** Binds to the customer's having the domains, and its UPNs the root, that were seen. */
const stillHas = ({ version }: Node, count: Count | undefined): Record<string, number> =>
  count?.dropped === undefined ? {} : { dropped: version };
