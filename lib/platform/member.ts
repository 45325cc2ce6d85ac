import * as z from 'zod';
import { join, leave, type Membership, memberItem } from '../kit/membership.ts';
import { type Role, roles } from '../kit/permission.ts';
import { difference, type Plan, refuse } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { email, name } from '../kit/text.ts';
import { lastAdministrator, notYourself } from './problems.ts';

/** A person who holds roles at the provider. */
export const member = z.strictObject({
  personId: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  createdAt: z.string(),
});
export type Member = z.infer<typeof member>;

const providerRoles = z
  .array(z.enum(roles.PROVIDER))
  .min(1)
  .max(3)
  .refine((list) => new Set(list).size === list.length, 'names a role twice');

export const newMember = z.strictObject({ name: name(80), email, roles: providerRoles });
export const changedMember = z.strictObject({ roles: providerRoles });

/** What callers see of a membership. */
export const viewMember = ({ personId, name, email, roles, createdAt }: Membership): Member => ({
  personId,
  name,
  email,
  roles: [...roles],
  createdAt,
});

/** Lets a person sign in at the provider with roles. */
export function addMember(
  node: Node,
  command: z.output<typeof newMember>,
  made: { id: string; now: string },
): Plan<Member> {
  const added: Membership = {
    nodeId: node.id,
    personId: made.id,
    ...command,
    version: 1,
    createdAt: made.now,
  };
  return {
    writes: join(added),
    receipt: { action: 'members.add', subject: made.id, after: { roles: added.roles } },
    reply: { body: viewMember(added), version: 1, location: `/v1/providers/${node.id}/members/${made.id}` },
  };
}

/** Gives a member other roles. Nobody changes their own; the last system administrator keeps the role. */
export function changeRoles(
  state: { current: Membership; others: readonly Membership[]; actorId: string },
  command: z.output<typeof changedMember>,
): Plan<Member> {
  const { current } = state;
  if (current.personId === state.actorId) refuse(notYourself);
  if (!command.roles.includes('SYSTEM_ADMINISTRATOR')) keepOneAdministrator(current, state.others);
  const after: Membership = {
    ...current,
    roles: command.roles as readonly Role[],
    version: current.version + 1,
  };
  return {
    writes: [
      { do: 'replace', version: current.version, item: { ...memberItem(after), version: after.version } },
      ...guard(state.others),
    ],
    receipt: {
      action: 'members.change_roles',
      subject: current.personId,
      ...difference({ roles: current.roles }, { roles: after.roles }),
    },
    reply: { body: viewMember(after), version: after.version },
  };
}

/** Takes all roles at the provider: the person is out at the next request. */
export function removeMember(state: {
  current: Membership;
  others: readonly Membership[];
  actorId: string;
}): Plan {
  const { current } = state;
  if (current.personId === state.actorId) refuse(notYourself);
  keepOneAdministrator(current, state.others);
  return {
    writes: [...leave(current), ...guard(state.others)],
    receipt: { action: 'members.remove', subject: current.personId, before: { roles: current.roles } },
    reply: { status: 204 },
  };
}

const administrates = (one: Membership) => one.roles.includes('SYSTEM_ADMINISTRATOR');

function keepOneAdministrator(current: Membership, others: readonly Membership[]): void {
  if (administrates(current) && !others.some(administrates)) refuse(lastAdministrator);
}

/** One other administrator must still be what we saw: two removals at once cannot leave nobody. */
function guard(others: readonly Membership[]): Plan['writes'] {
  const other = others.find(administrates);
  if (!other) return [];
  const { PK, SK } = memberItem(other);
  return [{ do: 'check', key: { PK, SK }, version: other.version }];
}

const stored = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(z.string()).transform((list) => list as Role[]),
  version: z.number(),
  createdAt: z.string(),
});

/** A stored membership. */
export function toMembership(item: Readonly<Record<string, unknown>>, nodeId: string): Membership {
  const { id, ...rest } = stored.parse(item);
  return { nodeId, personId: id, ...rest };
}
