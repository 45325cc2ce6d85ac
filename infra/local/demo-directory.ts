import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Stop } from './failure.ts';
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
  readonly enabled: boolean | null;
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
  ...['userPrincipalName', 'userAccountControl', 'member', 'memberOf'],
];

/** Everything that stands below a container, as `ldapsearch` lists it. */
export async function searchDirectory(access: DirectoryAccess, below: string): Promise<Told[]> {
  const { user, password, authority } = JSON.parse(access.secret) as Record<string, string>;
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-'));
  const [secretFile, authorityFile] = [join(folder, 'password'), join(folder, 'authority.pem')];
  try {
    writeFileSync(secretFile, password ?? '', { mode: 0o600 });
    writeFileSync(authorityFile, authority ?? '');
    const args = ['-LLL', '-x', '-H', access.url, '-D', user ?? '', '-y', secretFile, '-b', below];
    const paged = ['-E', 'pr=500/noprompt', '(objectClass=*)', ...asked];
    // The controller listens on an address that its certificate does not name: the authority is checked, the name is not.
    const env = { ...process.env, LDAPTLS_CACERT: authorityFile, LDAPTLS_REQCERT: 'demand' };
    const { stdout } = await promisify(execFile)('ldapsearch', [...args, ...paged], {
      env: { ...env, LDAPTLS_REQSAN: 'never' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return parseLdif(stdout)
      .filter(({ dn }) => spellDn(dn) !== spellDn(below))
      .map(asTold);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Stop(`ldapsearch below ${below}: ${stderr?.trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function asTold({ dn, attributes }: LdifEntry): Told {
  const all = (name: string) => attributes.get(name.toLowerCase()) ?? [];
  const one = (name: string) => all(name)[0] ?? null;
  const classes = all('objectClass');
  const type = classes.includes('user') ? 'USER' : classes.includes('group') ? 'GROUP' : 'CONTAINER';
  const isUser = type === 'USER';
  return {
    type,
    dn: spellDn(dn),
    name: one(type === 'CONTAINER' ? 'ou' : 'sAMAccountName') ?? '',
    description: isUser ? null : one('description'),
    displayName: one('displayName'),
    userPrincipalName: one('userPrincipalName'),
    enabled: isUser ? (Number(one('userAccountControl')) & 2) === 0 : null,
    memberOf: all('memberOf').map(spellDn).sort(),
    members: all('member').map(spellDn).sort(),
  };
}

/** What the API lists as an object of the directory. */
export type Listed = Omit<Told, 'members'>;

/** The objects that the API lists, with each group's members as its users tell them. */
export function withMembers(listed: readonly Listed[]): Told[] {
  return listed.map(({ type, name, description, displayName, userPrincipalName, enabled, ...one }) => {
    const dn = spellDn(one.dn);
    const members = listed.filter(({ memberOf }) => memberOf.some((group) => spellDn(group) === dn));
    return {
      ...{ type, dn, name, description, displayName, userPrincipalName, enabled },
      memberOf: one.memberOf.map(spellDn).sort(),
      members: members.map((user) => spellDn(user.dn)).sort(),
    };
  });
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

/** How many there are of what, for one line. */
export function countTold(all: readonly Told[]): string {
  const count = (type: Told['type']) => all.filter((one) => one.type === type).length;
  const memberships = all.reduce((sum, { members }) => sum + members.length, 0);
  const off = all.filter(({ enabled }) => enabled === false).length;
  return `${count('CONTAINER')} containers, ${count('GROUP')} groups, ${count('USER')} users (${off} disabled), ${memberships} memberships`;
}
