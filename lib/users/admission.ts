import { memberKey } from '../kit/keys.ts';
import { join, leave, type Membership, memberItem, signsInNowhereElse } from '../kit/membership.ts';
import type { Item, Write } from '../kit/plan.ts';
import { refuse } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { canonicalEmail } from '../kit/text.ts';
import { lastAdministrator } from './problems.ts';
import { endOf, type User } from './user.ts';

/** A stored membership of the customer, whoever made it. */
export interface Member extends Membership {
  readonly state: string;
  /** From then on it counts no more. */
  readonly endsAt?: string | undefined;
}

/** The person that a user signs in as. */
export const personOf = (userId: string): string => `per_${userId.slice(-26)}`;
/** The user that a person would be. */
export const userOf = (personId: string): string => `usr_${personId.slice(-26)}`;

/** A membership that lasts and gives the administrator's role. */
export function administrates(one: Pick<Member, 'roles' | 'state' | 'endsAt'>): boolean {
  return one.roles.includes('CUSTOMER_ADMINISTRATOR') && one.state === 'ACTIVE' && !one.endsAt;
}

/**
 * Brings what lets a user sign in to what the user is now. Who holds no role signs in as an end user, once enrolled:
 * `moved` addresses are refused where they do so elsewhere.
 */
export function admit(user: User, at: { member: Member | undefined; now: string; moved: boolean }): Write[] {
  const { member } = at;
  if (user.roles.length === 0) {
    const address = named(signsInNowhereElse(membershipOf(user, { version: 1, now: at.now })), user);
    return [...(member ? leave(member) : []), ...(at.moved ? [address] : [])];
  }
  const after = membershipOf(user, { version: (member?.version ?? 0) + 1, now: member?.createdAt ?? at.now });
  const [, ...identity] = join(after).map((write) => named(write, user));
  if (!member) return [{ do: 'create', item: itemOf(user, after) }, ...identity];
  if (same(member, user)) return [];
  const moved = canonicalEmail(member.email) !== canonicalEmail(user.email);
  const [, leaving] = leave(member);
  return [
    { do: 'replace', version: member.version, item: itemOf(user, after) },
    ...(moved && leaving ? [...identity, leaving] : []),
  ];
}

/** Takes what lets a user sign in. */
export const dismiss = (member: Member | undefined): Write[] => (member ? leave(member) : []);

/** Refuses where the last administrator who can sign in would be gone; else binds to another who stays. */
export function keepAdministrator(
  change: { member: Member | undefined; after: User | undefined },
  other: Member | undefined,
): Write[] {
  if (!change.member || !administrates(change.member)) return [];
  const { after } = change;
  if (
    after &&
    administrates({ roles: after.roles, state: stateFor(after), endsAt: endOf(after) ?? undefined })
  )
    return [];
  if (!other) refuse(lastAdministrator);
  return [{ do: 'check', key: memberKey(other.nodeId, other.personId), version: other.version }];
}

const stateFor = (user: User) => (user.disabled ? 'DISABLED' : 'ACTIVE');

function membershipOf(user: User, made: { version: number; now: string }): Membership {
  return {
    nodeId: user.customerId,
    personId: personOf(user.id),
    name: user.displayName,
    email: user.email,
    roles: user.roles,
    version: made.version,
    createdAt: made.now,
  };
}

function itemOf(user: User, member: Membership): Item & { version: number } {
  return { ...memberItem(member), state: stateFor(user), endsAt: endOf(user) ?? undefined };
}

function same(member: Member, user: User): boolean {
  const { name, email, roles, state, endsAt } = member;
  return (
    JSON.stringify([name, email, roles, state, endsAt]) ===
    JSON.stringify([user.displayName, user.email, user.roles, stateFor(user), endOf(user) ?? undefined])
  );
}

function named(write: Write, user: User): Write {
  if ((write.do !== 'create' && write.do !== 'vacant') || !write.taken) return write;
  const errors = [{ pointer: '#/email', message: `${user.email} signs in elsewhere` }];
  return { ...write, taken: new Problem(write.taken.type, undefined, { errors }) };
}
