import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import {
  type DirectoryAccount,
  type DirectoryContainer,
  type DirectoryGroup,
  directoryObject,
} from '../kit/directory.ts';
import { foldName } from '../kit/text.ts';
import type { Desired, DesiredUser, What } from './desired.ts';
import { accountName, administratorsGroup, serviceGroup, usersGroup } from './naming.ts';

const owned = { owner: z.string(), objectId: z.string() };
// Users behind it are left; null: all have been seen.
const after = z.string().nullable().optional();

/** One sub-request: a change that may be repeated until it has succeeded. */
export const step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('ensure'), ...owned, object: directoryObject }),
  z.strictObject({ do: z.literal('remove'), ...owned, after }),
  z.strictObject({ do: z.literal('switchUsers'), on: z.boolean(), after }),
  /** Accounts as the customer and the nodes above say now. */
  z.strictObject({ do: z.literal('align'), after }),
  /** The same for every node below, some at a time: `places` of the index are left, the first after `after`. */
  z.strictObject({
    do: z.literal('cascade'),
    hold: z.boolean().nullable(),
    always: z.boolean(),
    places: z.array(z.string()).nullable(),
    after: z.string().nullable(),
  }),
  z.strictObject({
    do: z.literal('resetPassword'),
    objectId: z.string(),
    length: z.int(),
    publicKey: z.string().nullable(),
  }),
  z.strictObject({
    do: z.literal('clear'),
    what: z.enum(['users', 'groups', 'serviceGroups', 'folders', 'emptyFolders']),
    /** Only what this user has left empty. */
    user: z.string().optional(),
    after,
  }),
  /** Every user of the customer as it is now, some at a time: those behind `after` are left. */
  z.strictObject({ do: z.literal('bringUsers'), after: z.string().nullable() }),
]);
export type Step = z.infer<typeof step>;

export const containerId = 'C';
export const groupId = (name: string): string => `G#${name}`;
export const userId = (id: string): string => `U#${id}`;
/** Two spellings that a directory takes for one name are one folder. */
export const folderId = (place: readonly string[]): string =>
  `F#${digest('folder', place.map(foldName)).slice(0, 16)}`;

/** What an object must have been made as before an older request may touch it: the subject of a request. */
export const subjectOf = (user: string | null): string => (user === null ? containerId : userId(user));

/** The ordered steps that bring a directory to the desired state. Pure: the same state gives the same steps. */
export function stepsFor(customerId: string, what: What, state: Desired): Step[] {
  const containers = [...parentsOf(state.parents), ...own(customerId, state)];
  const users = () => state.users.flatMap((user) => ensureUser({ customerId, state, user }));
  switch (what) {
    case 'provision':
      return [
        ...containers,
        ...groups(customerId, state),
        ...users(),
        ...(state.everyone ? everyone : []),
        { do: 'switchUsers', on: !state.suspended },
        ...below(state, { hold: state.suspended, always: false }),
      ];
    case 'move':
      return [
        ...containers,
        ...groups(customerId, state),
        { do: 'align' },
        ...below(state, { hold: null, always: true }),
      ];
    case 'align':
      return [{ do: 'align' }];
    case 'service_provision':
      return [...containers, ...groups(customerId, state)];
    case 'service_deprovision':
      return state.services.map((service) => removed(customerId, groupId(serviceGroup(state.code, service))));
    case 'disable':
      return [{ do: 'switchUsers', on: false }, ...below(state, { hold: true, always: true })];
    case 'enable':
      return [
        { do: 'switchUsers', on: !isOff(state) },
        ...below(state, { hold: isOff(state), always: true }),
      ];
    case 'deprovision':
      return [
        { do: 'switchUsers', on: false },
        ...below(state, { hold: true, always: false }),
        { do: 'clear', what: 'serviceGroups' },
      ];
    case 'delete':
      return [
        { do: 'clear', what: 'users' },
        { do: 'clear', what: 'groups' },
        { do: 'clear', what: 'folders' },
        removed(customerId, containerId),
      ];
    case 'user_provision':
      return [...containers, ...groups(customerId, state), ...users(), ...tidy(state)];
    case 'user_deprovision':
      return [
        ...(state.everyone ? containers : []),
        ...state.users.flatMap((user) => {
          const off: DesiredUser = { ...user, enabled: false };
          return ensureUser({ customerId, state, user: off, memberOf: [] });
        }),
        ...tidy(state),
      ];
    case 'user_delete':
      return [...state.users.map((user) => removed(customerId, userId(user.id))), ...tidy(state)];
    case 'user_reset_password':
      return state.users.map(({ id }) => {
        const { passwordLength: length, publicKey } = state;
        return { do: 'resetPassword', objectId: userId(id), length, publicKey };
      });
  }
}

const isOff = ({ inService, suspended }: Desired): boolean => !inService || suspended;

const emptyFolders = { do: 'clear', what: 'emptyFolders' } as const;
export const everyone: readonly Step[] = [{ do: 'bringUsers', after: null }, emptyFolders];
const tidy = ({ everyone: whole, users }: Desired): readonly Step[] =>
  whole ? users.map(({ id }) => ({ ...emptyFolders, user: userId(id) })) : [];

const removed = (owner: string, objectId: string): Step => ({ do: 'remove', owner, objectId });

// A node below is off while one above it is: its own accounts first, so that none below can keep them from it.
function below({ reseller }: Desired, { hold, always }: { hold: boolean | null; always: boolean }): Step[] {
  return reseller ? [{ do: 'cascade', hold, always, places: null, after: null }] : [];
}

const placeOf = (state: Desired): string[] => [...state.parents.map(({ code }) => code), state.code];

/** The containers above a customer, from the top. */
export function parentsOf(parents: Desired['parents']): Step[] {
  return parents.map(({ id, code, name }, index) => {
    const at = parents.slice(0, index).map((one) => one.code);
    return ensureContainer({ owner: id, objectId: containerId, at, name: code, description: name });
  });
}

function own(customerId: string, { parents, code, name }: Desired): Step[] {
  const at = parents.map((one) => one.code);
  return [ensureContainer({ owner: customerId, objectId: containerId, at, name: code, description: name })];
}

function ensureContainer(
  place: { owner: string; objectId: string; mark?: string } & Pick<
    DirectoryContainer,
    'at' | 'name' | 'description'
  >,
): Step {
  const { owner, objectId, mark = owner, ...rest } = place;
  return { do: 'ensure', owner, objectId, object: { type: 'CONTAINER', mark, ...rest } };
}

function groups(customerId: string, state: Desired): Step[] {
  const { code, name, services } = state;
  const ensure = (title: string, service: string | null): Step => {
    const object: DirectoryGroup = {
      type: 'GROUP',
      at: placeOf(state),
      name: title,
      mark: customerId,
      description: name,
      service,
    };
    return { do: 'ensure', owner: customerId, objectId: groupId(title), object };
  };
  return [
    ensure(usersGroup(code), null),
    ensure(administratorsGroup(code), null),
    ...services.map((service) => ensure(serviceGroup(code, service), service)),
  ];
}

/** Folders of a user's place inside the customer's container. */
export function foldersOf(
  { ouStructure, reseller }: Pick<Desired, 'ouStructure' | 'reseller'>,
  user: Pick<DesiredUser, 'department' | 'location' | 'folder'>,
): string[] {
  const { department, location, folder } = user;
  const chosen: Record<Desired['ouStructure'], readonly (string | null)[]> = {
    UNGROUPED: [],
    BY_DEPARTMENT: [department],
    BY_LOCATION: [location],
    DEPARTMENT_LOCATION: [department, location],
    LOCATION_DEPARTMENT: [location, department],
    USER_SPECIFIED: [folder],
  };
  const [first, ...rest] = chosen[ouStructure].filter((one) => one !== null);
  if (first === undefined) return [];
  // Beside a reseller's own folders stand its customers' containers, which are named by codes.
  return [reseller && looksLikeCode.test(first) ? `${first} (users)` : first, ...rest];
}

const looksLikeCode = /^[a-z0-9-]{2,32}$/i;

function ensureUser(input: {
  customerId: string;
  state: Desired;
  user: DesiredUser;
  memberOf?: readonly string[];
}): Step[] {
  const { customerId, state, user } = input;
  const groupsAt = placeOf(state);
  const folders = foldersOf(state, user);
  const ensured = folders.map((name, index) => {
    const at = [...groupsAt, ...folders.slice(0, index)];
    const objectId = folderId(folders.slice(0, index + 1));
    const mark = `${customerId} ${objectId}`;
    return ensureContainer({ owner: customerId, objectId, at, name, description: state.name, mark });
  });
  const memberOf = input.memberOf ?? membershipsOf(state, user);
  const object: DirectoryAccount = {
    type: 'USER',
    at: [...groupsAt, ...folders],
    name: accountName(user.userName, state.code, user.id),
    mark: user.id,
    userPrincipalName: user.userPrincipalName,
    displayName: user.displayName,
    givenName: user.firstName,
    surname: user.lastName,
    email: user.email,
    enabled: user.enabled,
    changePasswordAtNextLogon: user.changePasswordAtNextLogon,
    passwordNeverExpires: user.passwordNeverExpires,
    expiresAt: user.expiresAt,
    memberOf,
    groupsAt,
    groupsMark: customerId,
  };
  return [...ensured, { do: 'ensure', owner: customerId, objectId: userId(user.id), object }];
}

/** A user is in a service's group only while the customer has the service. */
function membershipsOf({ code, services }: Desired, user: DesiredUser): string[] {
  return [
    usersGroup(code),
    ...(user.administrator ? [administratorsGroup(code)] : []),
    ...user.services.filter((one) => services.includes(one)).map((one) => serviceGroup(code, one)),
  ];
}

/** A step in words, for lists and logs. */
export function describeStep(one: Step): string {
  switch (one.do) {
    case 'ensure':
      return `${one.object.type.toLowerCase()} ${one.object.name}`;
    case 'remove':
      return `remove ${one.objectId.replace(/^[A-Z]#/, '')}`.replace(/ C$/, ' container');
    case 'switchUsers':
      return one.on ? 'enable users' : 'disable users';
    case 'align':
      return 'switch users as the nodes above say';
    case 'cascade':
      return 'ask the same of every node below';
    case 'resetPassword':
      return 'new password';
    case 'clear':
      return `remove ${one.what.replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`)}`;
    case 'bringUsers':
      return 'users of the customer';
  }
}
