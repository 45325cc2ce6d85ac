import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { memberKey } from '../kit/keys.ts';
import { join, leave, type Membership, memberItem } from '../kit/membership.ts';
import { effective, type Role, type RoleRule } from '../kit/permission.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { id } from '../kit/text.ts';
import { ofCompany, type Person } from './company.ts';
import { administratorAdded, administratorRemoved } from './events.ts';
import { alreadyAdministrator, lastAdministrator, notOfCompany, roleRestricted } from './problems.ts';

type Member = Pick<Membership, 'nodeId' | 'personId' | 'version'>;

const role: Role = 'CUSTOMER_ADMINISTRATOR';

export { role as administratorRole };

/** One of the customer's own people who administers it. */
export const administrator = z.strictObject({
  personId: z.string(),
  name: z
    .string()
    .describe(
      'As it was when the person became administrator; a later change in the directory does not reach it',
    ),
  email: z.string(),
  createdAt: z.string(),
});
export type Administrator = z.infer<typeof administrator>;

export const newAdministrator = z.strictObject({ personId: id('person') });

export const administrates = (one: Membership): boolean => one.roles.includes(role);

export const viewAdministrator = ({ personId, name, email, createdAt }: Membership): Administrator => ({
  personId,
  name,
  email,
  createdAt,
});

/** Lets a person of the company sign in as administrator; binds to the person as seen. */
export function appoint(person: Person, made: { customerId: string; now: string; pointer: string }): Write[] {
  const errors = [{ pointer: made.pointer, message: 'has an e-mail address that signs in elsewhere' }];
  const joining = join({
    nodeId: made.customerId,
    personId: person.id,
    name: person.name,
    email: person.email,
    roles: [role],
    version: 1,
    createdAt: made.now,
  });
  return [
    unchanged(person),
    ...joining.map((write) =>
      (write.do === 'create' || write.do === 'vacant') && write.taken
        ? { ...write, taken: new Problem(write.taken.type, undefined, { errors }) }
        : write,
    ),
  ];
}

/** Adds an administrator: a person who holds another role at the customer keeps it. `line`: from the provider down to it. */
export function addAdministrator(
  customerId: string,
  state: { person: Person | undefined; current: Membership | undefined; line: readonly RoleRule[] },
  now: string,
): Plan<Administrator> {
  const { current, line } = state;
  if (effective([role], line).length === 0) refuse(roleRestricted);
  const [person = refuse(notOfCompany)] = ofCompany([state.person], () => '#/personId');
  if (current && administrates(current)) refuse(alreadyAdministrator);
  const after: Membership = current
    ? { ...current, roles: [...current.roles, role], version: current.version + 1 }
    : {
        nodeId: customerId,
        personId: person.id,
        name: person.name,
        email: person.email,
        roles: [role],
        version: 1,
        createdAt: now,
      };
  return {
    writes: current
      ? [unchanged(person), replacement(current, after)]
      : appoint(person, { customerId, now, pointer: '#/personId' }),
    receipt: { action: 'customers.add_administrator', subject: person.id, after: { roles: after.roles } },
    announcements: [announce(administratorAdded, customerId, { personId: person.id })],
    reply: {
      body: viewAdministrator(after),
      version: after.version,
      location: `/v1/customers/${customerId}/administrators/${person.id}`,
    },
  };
}

/**
 * Takes the role; someone else must have it and still have it when this is written. A user of the customer is changed
 * as users are (`asUser`, bound to the other by itself), for the user's role says what the membership gives.
 */
export function removeAdministrator(current: Membership, other: Member | undefined, asUser?: Plan): Plan {
  if (!other) refuse(lastAdministrator);
  const roles = current.roles.filter((one) => one !== role);
  const after = { ...current, roles, version: current.version + 1 };
  return {
    writes: asUser
      ? asUser.writes
      : [...(roles.length === 0 ? leave(current) : [replacement(current, after)]), stays(other)],
    receipt: {
      action: 'customers.remove_administrator',
      subject: current.personId,
      before: asUser?.receipt?.before ?? { roles: current.roles },
      after: asUser?.receipt?.after ?? { roles },
    },
    announcements: [
      ...(asUser?.announcements ?? []),
      announce(administratorRemoved, current.nodeId, { personId: current.personId }),
    ],
    reply: { status: 204 },
  };
}

const stays = ({ nodeId, personId, version }: Member): Write => ({
  do: 'check',
  key: memberKey(nodeId, personId),
  version,
});

const unchanged = ({ PK, SK, version }: Person): Write => ({ do: 'check', key: { PK, SK }, version });

function replacement(before: Membership, after: Membership): Write {
  return {
    do: 'replace',
    version: before.version,
    item: { ...memberItem(after), version: after.version },
  };
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
