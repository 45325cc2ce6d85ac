import * as z from 'zod';

// Names from the top of the directory's base down to the object's parent.
const place = z.array(z.string()).readonly();

/** An organizational unit. `mark` is our id of what it stands for: two objects with one mark and name are one. */
export const container = z.strictObject({
  type: z.literal('CONTAINER'),
  at: place,
  name: z.string(),
  mark: z.string(),
  description: z.string(),
});

/** A global security group. */
export const group = z.strictObject({
  type: z.literal('GROUP'),
  at: place,
  name: z.string(),
  mark: z.string(),
  description: z.string(),
  /** Code of the service whose users it holds. */
  service: z.string().nullable(),
});

/** A person's account. `name` is its log-on name (sAMAccountName, at most 20 characters) and its entry's name. */
export const account = z.strictObject({
  type: z.literal('USER'),
  at: place,
  name: z.string(),
  mark: z.string(),
  userPrincipalName: z.string(),
  displayName: z.string(),
  givenName: z.string().nullable(),
  surname: z.string().nullable(),
  email: z.string().nullable(),
  /** By the user's own setting; a suspended customer's accounts are off besides. */
  enabled: z.boolean(),
  changePasswordAtNextLogon: z.boolean(),
  passwordNeverExpires: z.boolean(),
  /** First instant at which it may log on no more. */
  expiresAt: z.string().nullable().default(null),
  /** Names of groups in `groupsAt`: exactly these, of those that carry `groupsMark`. */
  memberOf: z.array(z.string()).readonly(),
  groupsAt: place,
  groupsMark: z.string(),
});

/** One object that a directory holds for us. */
export const directoryObject = z.discriminatedUnion('type', [container, group, account]);
export type DirectoryContainer = z.infer<typeof container>;
export type DirectoryGroup = z.infer<typeof group>;
export type DirectoryAccount = z.infer<typeof account>;
export type DirectoryObject = z.infer<typeof directoryObject>;
export type ObjectType = DirectoryObject['type'];

/** Where objects are kept: a real directory, or the table in its place. */
export const directoryKinds = ['TABLE', 'LDAP'] as const;
export type DirectoryKind = (typeof directoryKinds)[number];

/** What an operation found and did: said in the request's log. */
export interface Effect {
  readonly did: 'created' | 'changed' | 'moved' | 'unchanged' | 'removed' | 'absent' | 'kept';
  /** Relative distinguished names from the base down, the object's own last, escaped. */
  readonly rdns: readonly string[];
}

/** A directory. Every operation may be repeated: what is already so, after comparison, is success. */
export interface Directory {
  readonly kind: DirectoryKind;
  /** Makes the object as described, or moves and changes what carries its mark. `enabled` and `forceChange` concern accounts. */
  ensure(object: DirectoryObject, account?: { enabled: boolean; forceChange: boolean }): Promise<Effect>;
  /** Lets an account log on, or not. */
  switchAccount(object: DirectoryAccount, enabled: boolean): Promise<Effect>;
  /** Gives an account another password, and lets it try again where it was locked out. */
  setPassword(object: DirectoryAccount, given: { password: string; forceChange: boolean }): Promise<Effect>;
  /** Removes the object; refuses what does not carry its mark and containers that hold anything. */
  remove(object: DirectoryObject): Promise<Effect>;
  close(): Promise<void>;
}
