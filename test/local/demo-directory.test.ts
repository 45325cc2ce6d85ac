import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressFile } from '../../infra/local/attach.ts';
import { findStage } from '../../infra/local/demo-client.ts';
import {
  countTold,
  differences,
  type Listed,
  searchDirectory,
  whatIsMissing,
  withMembers,
} from '../../infra/local/demo-directory.ts';
import { logOn } from '../../infra/local/ldap-tools.ts';
import { parseLdif, spellDn } from '../../infra/local/ldif.ts';

const nothing = {
  description: null,
  displayName: null,
  userPrincipalName: null,
  enabled: null,
  expiresAt: null,
  memberOf: [],
};
const listed: Listed[] = [
  { ...nothing, type: 'CONTAINER', dn: 'OU=FAB,DC=x', name: 'FAB', description: 'Fabrikam' },
  { ...nothing, type: 'GROUP', dn: 'CN=FAB Users,OU=FAB,DC=x', name: 'FAB Users', description: 'Fabrikam' },
  {
    ...nothing,
    ...{ type: 'USER', dn: 'CN=ada_FAB,OU=FAB,DC=x', name: 'ada_FAB', displayName: 'Ada', enabled: true },
    memberOf: ['CN=FAB Users,OU=FAB,DC=x'],
  },
];
const told = withMembers(listed);

describe('what ldapsearch prints', () => {
  it('is read with folded lines, base64, several values and comments', () => {
    const text = `dn: OU=A\\2CB,DC=x
objectClass: top
objectClass: organizationalUnit
ou: A,B
description:: w5PCoE7DqWlsbA==
displayName: a long name that goes
  on

# refldap://elsewhere
dn:: T1U9w5YsREM9eA==
ou:: w5Y=

# pagedresults: cookie=
`;
    const [first, second, ...none] = parseLdif(text);
    expect(none).toEqual([]);
    expect(first?.dn).toBe('OU=A\\2CB,DC=x');
    expect(first?.attributes.get('objectclass')).toEqual(['top', 'organizationalUnit']);
    expect(first?.attributes.get('description')).toEqual(['Ó\u00a0Néill']);
    expect(first?.attributes.get('displayname')).toEqual(['a long name that goes on']);
    expect(second?.dn).toBe('OU=Ö,DC=x');
  });

  it('spells names in one way', () => {
    expect(spellDn('OU=A\\2C\\22B\\c3\\96')).toBe('OU=A\\,\\"BÖ');
    expect(spellDn('OU=A\\,\\"BÖ')).toBe('OU=A\\,\\"BÖ');
    expect(spellDn('OU=A\\\\ABC')).toBe('OU=A\\\\ABC');
    expect(spellDn('OU=A\\5CABC')).toBe('OU=A\\\\ABC');
  });
});

describe('the comparison', () => {
  const [container, group, user] = told;
  if (!container || !group || !user) throw new Error('There is nothing to compare');

  it('finds nothing where both sides agree, in any order', () => {
    expect(differences(told, told.toReversed())).toEqual([]);
    expect(group.members).toEqual([user.dn]);
    expect(countTold(told)).toEqual({ containers: 1, groups: 1, users: 1, off: 0, memberships: 1 });
  });

  it.each([
    ['what only the API has', [container, group], `${user.dn}: only the API has it`],
    ['what only the directory has', [...told, { ...user, dn: 'CN=x' }], 'CN=x: only the directory has it'],
    ['another kind', [container, group, { ...user, type: 'GROUP' as const }], 'type is "USER"'],
    ['a member less', [container, { ...group, members: [] }, user], `${group.dn}: members is`],
    ['a membership more', [container, group, { ...user, memberOf: [...user.memberOf, 'CN=y'] }], 'memberOf'],
    ['an account that is off', [container, group, { ...user, enabled: false }], 'enabled is true'],
    [
      'another end',
      [container, group, { ...user, expiresAt: '2030-01-01T00:00:00.000Z' }],
      'expiresAt is null',
    ],
    ['another name', [{ ...container, description: 'Other' }, group, user], 'description is "Fabrikam"'],
  ])('names %s', (_, found, sentence) => {
    const differing = differences(told, found);
    expect(differing).toHaveLength(1);
    expect(differing[0]).toContain(sentence);
  });

  it('names what the API lists twice', () => {
    expect(differences([...told, user], told)).toEqual([`${user.dn}: the API lists it twice`]);
  });
});

describe('where the story cannot be played', () => {
  const all = () => true;

  it('it says what is missing', () => {
    expect(whatIsMissing({ uid: 0, has: all })).toBeUndefined();
    expect(whatIsMissing({ uid: 1000, has: all })).toContain('root');
    const said = whatIsMissing({ uid: 0, has: (one) => one !== 'ldapsearch' });
    expect(said).toMatch(/^This needs ldapsearch, .*apt-get install .*ldap-utils/);
  });

  it('programs are looked for on the PATH, and the command fails', () => {
    const { status, stderr } = demo(['tree'], { PATH: '/nonexistent' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/samba, samba-tool, ldapsearch, .*apt-get install samba/);
  });

  it('a running stack must work on a directory', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'qm-stage-'));
    const running = { pid: process.pid, url: 'http://api', issuerUrl: 'http://i', controlUrl: 'http://c' };
    const directory = { url: 'ldaps://d', baseDn: 'DC=x', secret: '{}' };
    writeFileSync(join(dir, addressFile), JSON.stringify(running));
    await expect(findStage(dir, { samba: true })).rejects.toThrow(/has no directory.*--directory samba/);
    expect((await findStage(dir)).directory).toBeUndefined();
    writeFileSync(join(dir, addressFile), JSON.stringify({ ...running, directory }));
    expect(await findStage(dir, { samba: true })).toMatchObject({ url: 'http://api', directory });
    rmSync(dir, { recursive: true });
  });

  it('an unknown story lists those that there are', () => {
    const { status, stderr } = demo(['nonsense']);
    expect(status).toBe(1);
    expect(stderr).toContain('There is no story "nonsense"');
    expect(stderr).toMatch(/demo -- main .*\n.*demo -- tree/);
  });

  it('an unknown option is told in a sentence with the usage', () => {
    for (const args of [['tree', '--port', '4733'], ['--data']]) {
      const { status, stderr } = demo(args);
      expect(status).toBe(1);
      const [sentence, ...usage] = stderr.trim().split('\n');
      expect(sentence).toMatch(/^(Unknown option '--port'|Option '--data <value>' argument missing)\.$/);
      expect(usage.join('\n')).toMatch(/^Usage: npm run demo -- \[story\] \[--data .*\n.* main .*\n.* tree /);
      expect(stderr).not.toMatch(/ERR_|node:|\bat /);
    }
  });

  it.runIf(spawnSync('ldapsearch', ['-VV']).error === undefined)(
    'a directory that does not answer ends it with a sentence, without the password',
    async () => {
      const secret = JSON.stringify({ user: 'u', password: 'hush-hush', authority: 'none' });
      const access = { url: 'ldaps://127.0.0.1:9', baseDn: 'DC=x', secret };
      const error = await searchDirectory(access, 'OU=A,DC=x').catch((one: unknown) => one);
      expect((error as Error).message).toContain("Can't contact LDAP server");
      expect((error as Error).message).not.toContain('hush-hush');
      expect(await logOn(access, { user: 'u', password: 'hush-hush' })).toContain("Can't contact");
    },
  );
});

function demo(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync(process.execPath, ['infra/local/demo.ts', ...args], { encoding: 'utf8', env });
}
