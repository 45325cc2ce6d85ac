import { announce } from '../kit/event.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { Problem, type ProblemType } from '../kit/problem.ts';
import { type Node, providerOf, type Scope } from '../kit/scope.ts';
import { admit } from './admission.ts';
import {
  type Around,
  countIn,
  isFirst,
  isProvisioned,
  mustBeOfDomain,
  passwordDefaults,
  profileOf,
  resolve,
} from './around.ts';
import { hold } from './collection.ts';
import { userProvisioningRequested, usersChanged } from './events.ts';
import { lastAdministrator, upnTaken, userNameTaken } from './problems.ts';
import { mustBeUsable, mustNotExceed, type RoleChoice, usableRoles } from './role.ts';
import {
  auditable,
  expiry,
  type NewUser,
  toItem,
  toMailItem,
  type User,
  upnKey,
  userNameKey,
  viewUser,
} from './user.ts';

/** Adds a user. The first is a customer administrator, whatever role was asked for. */
export function addUser(
  scope: Scope,
  input: { command: NewUser; around: Around },
  made: { id: string; now: string },
): Plan<ReturnType<typeof viewUser>> {
  const { command, around } = input;
  const first = isFirst(around.count);
  const role = roleOf(command, around, first);
  const counting = countIn(scope.target, around, [{ upn: command.upn, role }]);
  const added = describe(scope.target, { command, around, role }, made);
  mustBeUsable(added.roles, usableRoles(around.line));
  mustNotExceed(scope, added.roles);
  if (first && (added.disabled || added.expiresOn !== null)) {
    const errors = [{ pointer: '#', message: 'the first user is neither disabled nor does it expire' }];
    throw new Problem(lastAdministrator, undefined, { errors });
  }
  const { collection } = around;
  return {
    writes: [
      ...userWrites(added, scope.target),
      counting,
      ...admit(added, { member: undefined, now: made.now, moved: true }),
      ...(added.role && 'collectionId' in added.role && collection ? [hold(collection)] : []),
    ],
    receipt: { action: 'users.create', subject: added.id, after: auditable(added) },
    announcements: [tell([added]), ...(added.status === 'Requested' ? [wish(added, 'provision', 1)] : [])],
    reply: {
      body: viewUser(added, made.now),
      version: 1,
      location: `/v1/customers/${scope.target.id}/users/${added.id}`,
    },
  };
}

/** The items of a new user and what keeps its names unique. */
export function userWrites(added: User, customer: Node): Write[] {
  const mail = toMailItem(added, 1);
  return [
    { do: 'create', item: toItem(added, 1, { requested: added.status === 'Requested' ? 1 : undefined }) },
    uniqueUpn(providerOf(customer), added),
    uniqueUserName(added),
    ...(mail ? [{ do: 'create', item: mail } satisfies Write] : []),
  ];
}

/** A user as a command describes it; names default from one another. */
export function describe(
  customer: Node,
  input: { command: NewUser; around: Around; role: RoleChoice | null },
  made: { id: string; now: string },
): User {
  const { command } = input;
  mustBeOfDomain(command.upn, customer);
  const { displayName, userName, email, role: _, ...rest } = command;
  const defaults = passwordDefaults(input.around.line);
  return {
    id: made.id,
    customerId: customer.id,
    displayName: displayName ?? `${rest.firstName} ${rest.lastName}`,
    userName: userName ?? (rest.upn.split('@')[0] as string),
    email: email ?? rest.upn,
    ...rest,
    changePasswordAtNextLogon: rest.changePasswordAtNextLogon ?? defaults.changePasswordAtNextLogon,
    passwordNeverExpires: rest.passwordNeverExpires ?? defaults.passwordNeverExpires,
    expiresAt: expiry(rest.expiresOn, profileOf(customer).timeZone),
    ...resolve(input.role, input.around.collection),
    locked: false,
    status: isProvisioned(customer) ? 'Requested' : 'NotProvisioned',
    createdAt: made.now,
  };
}

function roleOf(command: NewUser, around: Around, first: boolean): RoleChoice | null {
  if (!first) return command.role;
  const asked = command.role && resolve(command.role, around.collection);
  return asked?.roles.includes('CUSTOMER_ADMINISTRATOR')
    ? command.role
    : { preset: 'CUSTOMER_ADMINISTRATOR' };
}

const taken = (type: ProblemType, pointer: string) =>
  new Problem(type, undefined, { errors: [{ pointer, message: 'is taken' }] });

export const uniqueUpn = (providerId: string, { id, upn, customerId }: User): Write => ({
  do: 'create',
  item: { ...upnKey(providerId, upn), kind: 'unique', customerId, userId: id },
  taken: taken(upnTaken, '#/upn'),
});
export const uniqueUserName = ({ id, customerId, userName }: User): Write => ({
  do: 'create',
  item: { ...userNameKey(customerId, userName), kind: 'unique', userId: id },
  taken: taken(userNameTaken, '#/userName'),
});

/** Tells who follows the users of a customer. */
export function tell(users: readonly Pick<User, 'id' | 'customerId'>[]) {
  const [{ customerId } = { customerId: '' }] = users;
  return announce(usersChanged, customerId, { customerId, userIds: users.map(({ id }) => id) });
}

/** Asks the engine. */
export function wish(
  { id, customerId }: User,
  what: 'provision' | 'deprovision' | 'delete' | 'reset_password',
  version: number,
  publicKey: string | null = null,
) {
  const data = { customerId, userId: id, what, version, publicKey };
  return announce(userProvisioningRequested, id, data);
}
