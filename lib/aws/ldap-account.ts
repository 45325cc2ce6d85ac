import { Attribute, Change, type Entry } from 'ldapts';
import type { DirectoryAccount } from '../kit/directory.ts';

// userAccountControl. Source: [MS-ADTS] 2.2.16.
const normal = 0x200;
const disabled = 0x2;
const neverExpires = 0x10000;
// accountExpires: 100 nanoseconds since 1601, either of two values for never. Source: [MS-ADA1] 2.1.
const never = '0';
const epoch = 11_644_473_600_000n;

// An end before 1601 would come out as never, or as what a directory takes for it: such an account has long expired.
function fileTime(instant: string | null): string {
  if (instant === null) return never;
  const ticks = (BigInt(Date.parse(instant)) + epoch) * 10_000n;
  return String(ticks < 1n ? 1n : ticks);
}

const foundTime = (value: unknown): string => {
  const said = String(value ?? never);
  return said === '9223372036854775807' ? never : said;
};

const named = (object: DirectoryAccount): Record<string, string | null> => ({
  userPrincipalName: object.userPrincipalName,
  displayName: object.displayName,
  givenName: object.givenName,
  sn: object.surname,
  mail: object.email,
});

/** Attributes of a new account with its first password (UTF-16 in quotation marks, as Active Directory wants it). */
export function createdAccount(
  object: DirectoryAccount,
  { enabled, password }: { enabled: boolean; password: string },
): Attribute[] {
  const plain = Object.entries(named(object)).filter((one): one is [string, string] => one[1] !== null);
  return [
    new Attribute({ type: 'objectClass', values: ['top', 'person', 'organizationalPerson', 'user'] }),
    new Attribute({ type: 'sAMAccountName', values: [object.name] }),
    new Attribute({ type: 'adminDescription', values: [object.mark] }),
    ...plain.map(([type, value]) => new Attribute({ type, values: [value] })),
    new Attribute({ type: 'userAccountControl', values: [String(control(object, enabled, normal))] }),
    new Attribute({ type: 'unicodePwd', values: [quoted(password)] }),
    new Attribute({ type: 'accountExpires', values: [fileTime(object.expiresAt)] }),
    ...(object.changePasswordAtNextLogon ? [new Attribute({ type: 'pwdLastSet', values: ['0'] })] : []),
  ];
}

const quoted = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');

/** The changes that give an account another password, and lift a lock for wrong ones. */
export function passwordChanges({
  password,
  forceChange,
}: {
  password: string;
  forceChange: boolean;
}): Change[] {
  const attribute = new Attribute({ type: 'unicodePwd', values: [quoted(password)] });
  return [
    new Change({ operation: 'replace', modification: attribute }),
    ...(forceChange ? [replace('pwdLastSet', ['0'])] : []),
    replace('lockoutTime', ['0']),
  ];
}

function control(object: DirectoryAccount, enabled: boolean, current: number): number {
  const others = current & ~(disabled | neverExpires);
  return others | (enabled ? 0 : disabled) | (object.passwordNeverExpires ? neverExpires : 0);
}

/** Replaces all values of an attribute; none removes it. */
export function replace(type: string, values: string[]): Change {
  return new Change({ operation: 'replace', modification: new Attribute({ type, values }) });
}

/** The change that brings an account's flags to what they should be; undefined when they are so. */
export function flagsOf(object: DirectoryAccount, found: Entry, enabled: boolean): Change | undefined {
  const current = Number(found.userAccountControl ?? normal);
  const wanted = control(object, enabled, current);
  return wanted === current ? undefined : replace('userAccountControl', [String(wanted)]);
}

/** Everything in which an entry differs from the account. `forceChange`: the password must be changed at the next log-on. */
export function accountChanges(
  object: DirectoryAccount,
  found: Entry,
  { enabled, forceChange }: { enabled: boolean; forceChange: boolean },
): Change[] {
  const differing = Object.entries(named(object)).filter(
    ([type, value]) => (value ?? '') !== String(found[type] ?? '').replace(/^\[\]$/, ''),
  );
  const flags = flagsOf(object, found, enabled);
  return [
    ...differing.map(([type, value]) => replace(type, value === null ? [] : [value])),
    ...(flags ? [flags] : []),
    ...(foundTime(found.accountExpires) === fileTime(object.expiresAt)
      ? []
      : [replace('accountExpires', [fileTime(object.expiresAt)])]),
    ...forcing(found.pwdLastSet === '0', { wanted: object.changePasswordAtNextLogon, now: forceChange }),
  ];
}

// 0: to be changed at the next log-on; -1: changed just now. Who has changed it since is not asked again.
function forcing(is: boolean, { wanted, now }: { wanted: boolean; now: boolean }): Change[] {
  if (now && !is) return [replace('pwdLastSet', ['0'])];
  return is && !wanted ? [replace('pwdLastSet', ['-1'])] : [];
}

/** Adds an account to a group, or takes it out. */
export function membership(dn: string, operation: 'add' | 'delete'): Change {
  return new Change({ operation, modification: new Attribute({ type: 'member', values: [dn] }) });
}
