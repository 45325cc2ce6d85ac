import * as z from 'zod';
import { dayAfter } from '../kit/day.ts';
import { digest } from '../kit/digest.ts';
import { nameEntry, uniqueKey, userAddressEntry, userKey, userMailKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';
import { canonicalEmail, domain, email, foldName, line, name } from '../kit/text.ts';
import { presets, roleChoice, roleHeld } from './role.ts';

export const provisioningStatus = z.enum([
  'NotProvisioned',
  'Requested',
  'InProgress',
  'Provisioned',
  'Failed',
  'Pending',
]);
export type ProvisioningStatus = z.output<typeof provisioningStatus>;

const userPart = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** User principal name, in lower case: user part @ domain. */
export const upn = z
  .string()
  .max(254)
  .transform((value) => value.toLowerCase())
  .refine((value) => {
    const [user = '', host = '', ...more] = value.split('@');
    return more.length === 0 && userPart.test(user) && domain.safeParse(host).success;
  }, 'must be a user part of letters, digits, dots, hyphens and underscores, @ and a domain');

export const userName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/, 'must be letters, digits, dots, hyphens');

const settings = {
  changePasswordAtNextLogon: z.boolean(),
  passwordNeverExpires: z.boolean(),
  disabled: z.boolean(),
  testUser: z.boolean().describe('Left out of billing'),
};

/** Names a container of the directory. */
const place = z.string();

/** A person who uses a customer's services. */
export const user = z.strictObject({
  id: z.string().describe('`usr_…`'),
  customerId: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  displayName: z.string(),
  userName: z.string(),
  upn: z.string(),
  email: z.string().describe('Where mail goes, and what signs in here where the user has a role'),
  status: provisioningStatus,
  state: z.enum(['ENABLED', 'DISABLED', 'EXPIRED']).describe('Whether the user can log on now'),
  ...settings,
  locked: z.boolean(),
  expiresOn: z.string().nullable().describe('Last day of use; disabled from the next day on'),
  expiresAt: z
    .string()
    .nullable()
    .describe('When that day ends, in the time zone that the customer had when it was set, else UTC'),
  role: roleHeld.nullable(),
  roles: z.array(z.enum(presets)).describe('What the role or collection gives'),
  department: place.nullable(),
  location: place.nullable(),
  folder: place.nullable(),
  createdAt: z.string(),
});
export type UserView = z.input<typeof user>;
export type User = Omit<UserView, 'state'>;

// Beyond these years directories and instants written with four digits mean something else, such as "never".
const lastDay = z.iso
  .date()
  .refine((day) => day >= '2000-01-01' && day < '3000-01-01', 'must be from 2000-01-01 to 2999-12-31');

const choices = {
  firstName: name(64),
  lastName: name(64),
  email: email.describe('The UPN where absent'),
  expiresOn: lastDay.nullable().describe('From 2000-01-01 to 2999-12-31; null: never'),
  role: roleChoice.nullable(),
  department: line(64).nullable().describe('A container of the directory where the customer groups by it'),
  location: line(64).nullable().describe('Likewise'),
  folder: line(64).nullable().describe('The user’s own place where the structure is `USER_SPECIFIED`'),
};

export const newUser = z.strictObject({
  firstName: choices.firstName,
  lastName: choices.lastName,
  displayName: name(128).optional().describe('First and last name where absent'),
  upn,
  userName: userName.optional().describe('The user part of the UPN where absent'),
  email: choices.email.optional(),
  changePasswordAtNextLogon: settings.changePasswordAtNextLogon
    .optional()
    .describe('As the password rule in force says where absent'),
  passwordNeverExpires: settings.passwordNeverExpires.optional().describe('Likewise'),
  disabled: settings.disabled.default(false),
  testUser: settings.testUser.default(false),
  expiresOn: choices.expiresOn.default(null),
  role: choices.role.default(null).describe('The first user is a customer administrator, whatever is sent'),
  department: choices.department.default(null),
  location: choices.location.default(null),
  folder: choices.folder.default(null),
});
export type NewUser = z.output<typeof newUser>;

export const changedUser = z
  .strictObject({
    firstName: choices.firstName,
    lastName: choices.lastName,
    displayName: name(128),
    upn,
    userName,
    email: choices.email,
    ...settings,
    locked: z.literal(false, 'can only be set to false'),
    expiresOn: choices.expiresOn,
    role: choices.role,
    department: choices.department,
    location: choices.location,
    folder: choices.folder,
  })
  .partial();
export type ChangedUser = z.output<typeof changedUser>;

/** The first instant at which a user may no longer log on. What was stored before it was kept ended in UTC. */
export function endOf(one: Pick<User, 'expiresOn'> & { expiresAt?: string | null }): string | null {
  return one.expiresAt ?? expiry(one.expiresOn, null);
}

export const expiry = (expiresOn: string | null, timeZone: string | null): string | null =>
  expiresOn && dayAfter(expiresOn, timeZone ?? 'UTC');

export function stateOf(
  one: Pick<User, 'disabled' | 'expiresOn'> & { expiresAt?: string | null },
  now: string,
): UserView['state'] {
  if (one.disabled) return 'DISABLED';
  const end = endOf(one);
  return end !== null && end <= now ? 'EXPIRED' : 'ENABLED';
}

export const viewUser = (one: User, now: string): UserView => ({ ...one, state: stateOf(one, now) });

/** A user as stored, with the version. */
export type StoredUser = User & {
  readonly version: number;
  /** The version at which the engine was asked last. */
  readonly requested?: number | undefined;
  /** Asked for last was to take the user out of the directory. */
  readonly leaving?: boolean | undefined;
};

const stored = user
  .omit({ state: true })
  .extend({
    expiresAt: user.shape.expiresAt.default(null),
    version: z.number(),
    requested: z.number().optional(),
    leaving: z.boolean().optional(),
    department: place.nullable().default(null),
    location: place.nullable().default(null),
    folder: place.nullable().default(null),
  })
  .strip()
  .transform((one) => ({ ...one, expiresAt: endOf(one) }));

export function toUser(item: Readonly<Record<string, unknown>>, customerId: string): StoredUser {
  const { summary, name: displayName, ...rest } = item;
  return stored.parse({ ...rest, ...(summary as object), displayName, customerId });
}

/** What a list shows; `state` is computed when it is read. */
export const userSummary = user.pick({ id: true, displayName: true, upn: true, email: true }).extend({
  userName: z.string(),
  state: user.shape.state,
  status: provisioningStatus,
  roles: user.shape.roles,
  testUser: z.boolean(),
});

const summaryOf = ({ disabled, expiresAt, expiresOn, roles, status, testUser, upn, userName }: User) => ({
  disabled,
  expiresAt,
  expiresOn,
  roles,
  status,
  testUser,
  upn,
  userName,
});

export function toSummary(item: Readonly<Record<string, unknown>>, now: string) {
  const { disabled, expiresOn, expiresAt, ...rest } = item.summary as ReturnType<typeof summaryOf>;
  return userSummary.parse({
    id: item.id,
    displayName: item.name,
    email: item.email,
    ...rest,
    state: stateOf({ disabled, expiresOn, expiresAt }, now),
  });
}

export function toItem(
  one: User,
  version: number,
  { requested, leaving }: Pick<StoredUser, 'requested' | 'leaving'> = {},
): Item & { version: number } {
  const { customerId, displayName, ...rest } = one;
  const summary = summaryOf(one);
  const elsewhere = Object.keys(summary);
  return {
    ...userKey(customerId, one.id),
    ...nameEntry(customerId, 'USER', foldName(one.displayName), one.id),
    ...userAddressEntry(customerId, one.upn, one.id),
    ...Object.fromEntries(Object.entries(rest).filter(([field]) => !elsewhere.includes(field))),
    kind: 'user',
    name: displayName,
    summary,
    version,
    requested,
    leaving,
  };
}

/** Where the e-mail address is not the UPN: an item that finds the user by it, at the user's version. */
export function toMailItem(one: User, version: number): (Item & { version: number }) | undefined {
  const address = canonicalEmail(one.email);
  if (address === one.upn) return undefined;
  return {
    ...userMailKey(one.customerId, one.id),
    ...userAddressEntry(one.customerId, address, one.id),
    kind: 'userMail',
    id: one.id,
    name: one.displayName,
    email: one.email,
    summary: summaryOf(one),
    version,
  };
}

export { upnKey } from '../kit/upn.ts';
export const userNameKey = (customerId: string, value: string) =>
  uniqueKey(customerId, 'USER_NAME', digest('userName', value.toLowerCase()));

const personal = new Set([
  ...['firstName', 'lastName', 'displayName', 'email', 'upn', 'userName'],
  ...['department', 'location', 'folder'],
]);

/** What an audit entry, which is kept for good, says of a user: nothing that names or reaches a person. */
export function auditable(user: User): Record<string, unknown> {
  return Object.fromEntries(Object.entries(user).filter(([name]) => !personal.has(name)));
}
