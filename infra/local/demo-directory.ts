import { spawnSync } from 'node:child_process';
import { runTool } from './ldap-tools.ts';
import { type LdifEntry, parseLdif, spellDn } from './ldif.ts';
import type { DirectoryAccess } from './samba.ts';

/** An object of the directory as both sides can tell of it. */
export interface Told {
  readonly type: 'CONTAINER' | 'GROUP' | 'USER';
  readonly dn: string;
  readonly name: string;
  readonly description: string | null;
  readonly displayName: string | null;
  readonly userPrincipalName: string | null;
  /** Users: whether they may log on now. */
  readonly enabled: boolean | null;
  /** Users: the first instant at which they may not any more. */
  readonly expiresAt: string | null;
  /** Users: their groups; groups: none. */
  readonly memberOf: readonly string[];
  /** Groups: their users. */
  readonly members: readonly string[];
}

const packages = 'samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldap-utils';

/** Why the story with a directory cannot be played here; undefined where it can. */
export function whatIsMissing(
  here: { uid: number | undefined; has: (program: string) => boolean } = {
    uid: process.getuid?.(),
    has: (program) => spawnSync(program, ['-V']).error === undefined,
  },
): string | undefined {
  const absent = ['samba', 'samba-tool', 'ldapsearch'].filter((one) => !here.has(one));
  if (absent.length > 0) {
    return `This needs ${absent.join(', ')}, which is not installed: as root, \`apt-get install ${packages}\`.`;
  }
  if (here.uid !== 0)
    return 'This needs root: a domain controller’s ports are privileged (LDAP 389, LDAPS 636).';
  return undefined;
}

const asked = [
  ...['objectClass', 'ou', 'sAMAccountName', 'description', 'displayName'],
  ...['userPrincipalName', 'userAccountControl', 'accountExpires', 'member', 'memberOf'],
];

/** Everything that stands below a container, as `ldapsearch` lists it. */
export async function searchDirectory(access: DirectoryAccess, below: string): Promise<Told[]> {
  const args = ['-LLL', '-b', below, '-E', 'pr=500/noprompt', '(objectClass=*)', ...asked];
  return parseLdif(await runTool(access, { program: 'ldapsearch', args }))
    .filter(({ dn }) => spellDn(dn) !== spellDn(below))
    .map(asTold);
}

function asTold({ dn, attributes }: LdifEntry): Told {
  const all = (name: string) => attributes.get(name.toLowerCase()) ?? [];
  const one = (name: string) => all(name)[0] ?? null;
  const classes = all('objectClass');
  const type = classes.includes('user') ? 'USER' : classes.includes('group') ? 'GROUP' : 'CONTAINER';
  const isUser = type === 'USER';
  const expiresAt = isUser ? instantOf(one('accountExpires') ?? '0') : null;
  const off = (Number(one('userAccountControl')) & 2) !== 0;
  const over = expiresAt !== null && expiresAt <= new Date().toISOString();
  return {
    type,
    dn: spellDn(dn),
    name: one(type === 'CONTAINER' ? 'ou' : 'sAMAccountName') ?? '',
    description: isUser ? null : one('description'),
    displayName: one('displayName'),
    userPrincipalName: one('userPrincipalName'),
    enabled: isUser ? !off && !over : null,
    expiresAt,
    memberOf: all('memberOf').map(spellDn).sort(),
    members: all('member').map(spellDn).sort(),
  };
}

// Ticks of 100 ns since 1601; 0 and the greatest number stand for never.
function instantOf(ticks: string): string | null {
  if (ticks === '0' || ticks === '9223372036854775807') return null;
  return new Date(Number(BigInt(ticks) / 10_000n) - 11_644_473_600_000).toISOString();
}

/** What the API lists as an object of the directory. */
export type Listed = Omit<Told, 'members'>;

/** The objects that the API lists, with each group's members as its users tell them. */
export function withMembers(listed: readonly Listed[]): Told[] {
  return listed.map(
    ({ type, name, description, displayName, userPrincipalName, enabled, expiresAt, ...one }) => {
      const dn = spellDn(one.dn);
      const members = listed.filter(({ memberOf }) => memberOf.some((group) => spellDn(group) === dn));
      return {
        ...{ type, dn, name, description, displayName, userPrincipalName, enabled, expiresAt },
        memberOf: one.memberOf.map(spellDn).sort(),
        members: members.map((user) => spellDn(user.dn)).sort(),
      };
    },
  );
}

/** Every difference between what is reported and what is found, in words; none where they agree. */
export function differences(reported: readonly Told[], found: readonly Told[]): string[] {
  const [ours, theirs] = [byDn(reported), byDn(found)];
  const twice = [...ours].filter(([, all]) => all.length > 1).map(([dn]) => `${dn}: the API lists it twice`);
  const missing = [...ours.keys()].filter((dn) => !theirs.has(dn)).map((dn) => `${dn}: only the API has it`);
  const extra = [...theirs.keys()]
    .filter((dn) => !ours.has(dn))
    .map((dn) => `${dn}: only the directory has it`);
  const unlike = [...ours].flatMap(([dn, [mine]]) => {
    const [other] = theirs.get(dn) ?? [];
    return mine && other ? unlikeFields(mine, other) : [];
  });
  return [...twice, ...missing, ...extra, ...unlike];
}

const byDn = (all: readonly Told[]) => Map.groupBy(all, ({ dn }) => dn);

function unlikeFields(mine: Told, other: Told): string[] {
  return (Object.keys(mine) as (keyof Told)[])
    .map((field) => [field, JSON.stringify(mine[field]), JSON.stringify(other[field])] as const)
    .filter(([, a, b]) => a !== b)
    .map(([field, a, b]) => `${mine.dn}: ${field} is ${a} for the API and ${b} in the directory`);
}

/** How many there are of what. */
export interface Count {
  readonly containers: number;
  readonly groups: number;
  readonly users: number;
  /** Users who may not log on now. */
  readonly off: number;
  readonly memberships: number;
}

export function countTold(all: readonly Told[]): Count {
  const count = (type: Told['type']) => all.filter((one) => one.type === type).length;
  return {
    containers: count('CONTAINER'),
    groups: count('GROUP'),
    users: count('USER'),
    off: all.filter(({ enabled }) => enabled === false).length,
    memberships: all.reduce((sum, { members }) => sum + members.length, 0),
  };
}
