import { type EndUser, expel, releaseAddress } from '../kit/end-user.ts';
import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { providerOf, type Scope } from '../kit/scope.ts';
import { admit, keepAdministrator, type Member, personOf } from './admission.ts';
import {
  type Around,
  type Count,
  isProvisioned,
  mustBeOfDomain,
  profileOf,
  recount,
  resolve,
} from './around.ts';
import { type Collection, hold, release } from './collection.ts';
import { tell, uniqueUpn, uniqueUserName, wish } from './create.ts';
import { flagInstance, type Instance, inBounds, replaceInstance } from './instance.ts';
import { customerNotProvisioned, userNameFixed } from './problems.ts';
import { mustBeUsable, mustNotExceed, usableRoles } from './role.ts';
import {
  auditable,
  type ChangedUser,
  expiry,
  type StoredUser,
  stateOf,
  toItem,
  toMailItem,
  type User,
  type UserView,
  upnKey,
  userNameKey,
  viewUser,
} from './user.ts';

/** One user and what hangs on them. */
export interface Held {
  readonly user: StoredUser;
  readonly member: Member | undefined;
  /** Another administrator who can sign in, where one was looked for. */
  readonly other: Member | undefined;
  readonly instances: readonly Instance[];
  /** How many users there are, where that was asked for. */
  readonly count?: Count | undefined;
  /** The row as an end user of the customer. */
  readonly endUser: EndUser | undefined;
}

/** Changes a user. A saved change waits as `Pending` for provisioning; log-on is changed at once. */
export function changeUser(
  scope: Scope,
  input: { held: Held; change: ChangedUser; around?: Around | undefined },
  now: string,
): Plan<UserView> {
  const { held, change, around } = input;
  const before = viewless(held.user);
  const { role, ...fields } = change;
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const chosen = role === undefined ? {} : resolve(role, around?.collection);
  const { expiresOn } = change;
  const ending =
    expiresOn === undefined ? {} : { expiresAt: expiry(expiresOn, profileOf(scope.target).timeZone) };
  const changed: User = { ...before, ...given, ...ending, ...chosen };
  const differing = difference(before, changed);
  const touched = (field: keyof User) => differing.after[field] !== undefined || field in differing.before;
  if (Object.keys(differing.after).length === 0 && Object.keys(differing.before).length === 0) {
    return { writes: [], reply: { body: viewUser(before, now), version: held.user.version } };
  }
  mustNotExceed(scope, [...before.roles, ...changed.roles]);
  if (touched('upn')) mustBeOfDomain(changed.upn, scope.target);
  if (touched('userName') && before.status !== 'NotProvisioned') refuse(userNameFixed);
  if (around && touched('role')) mustBeUsable(changed.roles, usableRoles(around.line));
  const atOnce = touched('disabled') || touched('locked') || touched('expiresAt');
  const leaves = held.user.leaving && before.status === 'Requested';
  const waits = atOnce || leaves ? 'Requested' : 'Pending';
  const status = before.status === 'NotProvisioned' ? before.status : waits;
  const after: User = { ...changed, status };
  const told = difference(auditable(before), auditable(after));
  const version = held.user.version + 1;
  const asks = atOnce && status === 'Requested';
  return {
    writes: [
      ...rewrite(held.user, after, asks ? { requested: version } : {}),
      ...renames(before, after, providerOf(scope.target)),
      ...recount(scope.target, around?.count, { before, after }),
      ...(touched('role') ? holders(before, after, around?.collection) : []),
      ...admit(after, { member: held.member, now, moved: touched('email') }),
      ...keepAdministrator({ member: held.member, after }, held.other),
      ...(touched('testUser') || touched('displayName') ? shown(held.instances, { before, after, now }) : []),
      ...(stateOf(after, now) !== 'ENABLED'
        ? expel({ customerId: after.customerId, personId: personOf(after.id) }, held.endUser)
        : touched('email')
          ? releaseAddress({ customerId: after.customerId, personId: personOf(after.id) }, held.endUser)
          : []),
    ],
    receipt: {
      action: 'users.change',
      subject: after.id,
      before: told.before,
      after: { ...told.after, changed: Object.keys(differing.after) },
    },
    announcements: [
      tell([after]),
      ...(asks ? [wish(after, held.user.leaving ? 'deprovision' : 'provision', version)] : []),
    ],
    reply: { body: viewUser(after, now), version },
  };
}

/** Asks the engine to bring the user into the directory, or out of it. */
export function provisionUser(
  scope: Scope,
  user: StoredUser,
  made: { what: 'provision' | 'deprovision'; now: string },
): Plan<UserView> {
  if (made.what === 'provision' && !isProvisioned(scope.target)) refuse(customerNotProvisioned);
  const before = viewless(user);
  mustNotExceed(scope, before.roles);
  if (made.what === 'deprovision' && before.status === 'NotProvisioned') {
    return { writes: [], reply: { body: viewUser(before, made.now), version: user.version } };
  }
  const after: User = { ...before, status: 'Requested' };
  return {
    writes: rewrite(user, after, {
      requested: user.version + 1,
      leaving: made.what === 'deprovision',
    }),
    receipt: {
      action: `users.${made.what}`,
      subject: user.id,
      ...difference(auditable(before), auditable(after)),
    },
    announcements: [wish(after, made.what, user.version + 1)],
    reply: { body: viewUser(after, made.now), version: user.version + 1 },
  };
}

/** Asks the engine for a new password, to be changed at the next log-on, sealed for whoever asks. */
export function resetPassword(
  scope: Scope,
  user: StoredUser,
  made: { publicKey: string; now: string },
): Plan<UserView> {
  const before = viewless(user);
  mustNotExceed(scope, before.roles);
  const after: User = { ...before, changePasswordAtNextLogon: true };
  return {
    writes: rewrite(user, after),
    receipt: { action: 'users.reset_password', subject: user.id },
    announcements: [wish(after, 'reset_password', user.version + 1, made.publicKey)],
    reply: {
      body: viewUser(after, made.now),
      version: user.version + 1,
      location: `/v1/customers/${user.customerId}/provisioning-requests`,
    },
  };
}

export function viewless({ version: _, requested: __, leaving: ___, ...rest }: StoredUser): User {
  return rest;
}

/** The user's items at the next version. */
export function rewrite(
  before: StoredUser,
  after: User,
  asked: Pick<StoredUser, 'requested' | 'leaving'> = {},
): Write[] {
  const version = before.version + 1;
  const { requested = before.requested, leaving = before.leaving } = asked;
  const [old, fresh] = [toMailItem(before, before.version), toMailItem(after, version)];
  return [
    { do: 'replace', version: before.version, item: toItem(after, version, { requested, leaving }) },
    ...(old && fresh ? [{ do: 'replace', version: before.version, item: fresh } satisfies Write] : []),
    ...(old && !fresh
      ? [{ do: 'remove', key: { PK: old.PK, SK: old.SK }, version: before.version } satisfies Write]
      : []),
    ...(!old && fresh ? [{ do: 'create', item: fresh } satisfies Write] : []),
  ];
}

function renames(before: User, after: User, providerId: string): Write[] {
  const sameName = before.userName.toLowerCase() === after.userName.toLowerCase();
  return [
    ...(before.upn === after.upn
      ? []
      : [
          uniqueUpn(providerId, after),
          {
            do: 'remove',
            key: upnKey(providerId, before.upn),
            where: { userId: before.id },
          } satisfies Write,
        ]),
    ...(sameName
      ? []
      : [
          uniqueUserName(after),
          { do: 'remove', key: userNameKey(before.customerId, before.userName) } satisfies Write,
        ]),
  ];
}

function holders(before: User, after: User, collection: Collection | undefined): Write[] {
  return [
    ...(before.role && 'collectionId' in before.role
      ? [release({ nodeId: before.role.nodeId, id: before.role.collectionId })]
      : []),
    ...(after.role && 'collectionId' in after.role && collection ? [hold(collection)] : []),
  ];
}

/** What bills are made of heeds the name that the user has now, and the test flag from now on. */
const shown = (
  instances: readonly Instance[],
  { before, after, now }: { before: User; after: User; now: string },
): Write[] =>
  inBounds(instances).map((one) => {
    const named = { ...one, item: { ...one.item, displayName: after.displayName } };
    if (before.testUser === after.testUser) return replaceInstance(named, {});
    return flagInstance(named, { testUser: after.testUser, now });
  });
