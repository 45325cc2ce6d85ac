import { randomBytes } from 'node:crypto';
import { type Change, type Client, type Entry, escapeFilter, NoSuchObjectError } from 'ldapts';
import type {
  Directory,
  DirectoryAccount,
  DirectoryContainer,
  DirectoryGroup,
  DirectoryObject,
  Effect,
} from '../kit/directory.ts';
import { env } from './env.ts';
import {
  accountChanges,
  createdAccount,
  flagsOf,
  membership,
  passwordChanges,
  replace,
} from './ldap-account.ts';
import { bind } from './ldap-bind.ts';
import { Lasting, Passing } from './ldap-error.ts';
import { rdnsOf, rdnsOfPlace } from './rdn.ts';

const globalSecurityGroup = '-2147483646';

/** Active Directory over LDAPS, or over StartTLS where the URL is `ldap:`; it binds at the first operation, never in clear. */
export function openLdap(): Directory {
  const base = env('DIRECTORY_BASE_DN');
  let bound: Promise<Client> | undefined;
  const client = () => {
    bound ??= bind();
    return bound;
  };
  return {
    kind: 'LDAP',
    ensure: async (object, account) => ensure(await client(), { base, object, account }),
    switchAccount: async (object, enabled) => switchAccount(await client(), { base, object, enabled }),
    setPassword: async (object, given) => setPassword(await client(), { base, object, given }),
    remove: async (object) => remove(await client(), { base, object }),
    close: async () => {
      const open = await bound?.catch(() => undefined);
      await open?.unbind().catch(() => undefined);
    },
  };
}

interface Wanted<O extends DirectoryObject = DirectoryObject> {
  readonly base: string;
  readonly object: O;
}

const dnOf = ({ base, object }: Wanted): string => [...rdnsOf(object).reverse(), base].join(',');
const parentOf = ({ base, object }: Wanted): string =>
  [...rdnsOf(object).slice(0, -1).reverse(), base].join(',');

const named = {
  CONTAINER: { objectClass: 'organizationalUnit', attribute: 'ou' },
  GROUP: { objectClass: 'group', attribute: 'sAMAccountName' },
  USER: { objectClass: 'user', attribute: 'sAMAccountName' },
};
const attributes = [
  ...['objectClass', 'adminDescription', 'description', 'userAccountControl', 'pwdLastSet', 'memberOf'],
  'accountExpires',
  ...['userPrincipalName', 'displayName', 'givenName', 'sn', 'mail'],
];

/** The entry that stands for an object: at its place, else wherever it carries the mark. Refuses one that is not ours. */
async function locate(
  client: Client,
  wanted: Wanted,
): Promise<{ entry: Entry; inPlace: boolean } | undefined> {
  const { object, base } = wanted;
  const { objectClass, attribute } = named[object.type];
  const there = await find(client, dnOf(wanted), { scope: 'base' });
  if (there) {
    const classes = [there.objectClass].flat().map((one) => String(one).toLowerCase());
    if (there.adminDescription === object.mark && classes.includes(objectClass.toLowerCase())) {
      return { entry: there, inPlace: true };
    }
    throw new Lasting(`${dnOf(wanted)} exists and is not ours`);
  }
  const filter = escapeFilter`(&(objectClass=${objectClass})(${attribute}=${object.name})(adminDescription=${object.mark}))`;
  const elsewhere = await find(client, base, { scope: 'sub', filter });
  return elsewhere && { entry: elsewhere, inPlace: false };
}

async function find(client: Client, dn: string, options: { scope: 'base' | 'sub'; filter?: string }) {
  try {
    const { searchEntries } = await client.search(dn, { ...options, attributes });
    return searchEntries[0];
  } catch (error) {
    if (error instanceof NoSuchObjectError) return undefined;
    throw error;
  }
}

type Switches = { readonly enabled: boolean; readonly forceChange: boolean } | undefined;

async function ensure(client: Client, wanted: Wanted & { account: Switches }): Promise<Effect> {
  const { object, account } = wanted;
  const rdns = rdnsOf(object);
  const found = await locate(client, wanted);
  if (!found) {
    await create(client, wanted);
    if (object.type === 'USER') await join(client, { ...wanted, object }, []);
    return { did: 'created', rdns };
  }
  const { entry, inPlace } = found;
  if (!inPlace) await client.modifyDN(entry.dn, `${rdns.at(-1)},${parentOf(wanted)}`);
  const changes = changesOf(object, entry, account);
  if (changes.length > 0) await client.modify(dnOf(wanted), changes);
  const groups = [entry.memberOf ?? []].flat().map(String);
  const joined = object.type === 'USER' ? await join(client, { ...wanted, object }, groups) : 0;
  if (!inPlace) return { did: 'moved', rdns };
  return { did: changes.length + joined > 0 ? 'changed' : 'unchanged', rdns };
}

function changesOf(object: DirectoryObject, entry: Entry, account: Switches): Change[] {
  if (object.type === 'USER') {
    return accountChanges(object, entry, account ?? { enabled: object.enabled, forceChange: false });
  }
  return text(entry.description) === object.description ? [] : [replace('description', [object.description])];
}

const text = (value: Entry[string] | undefined): string => String(value ?? '');

async function create(client: Client, { account, ...wanted }: Wanted & { account: Switches }): Promise<void> {
  const { object } = wanted;
  const dn = dnOf(wanted);
  if (object.type === 'CONTAINER') return client.add(dn, containerAttributes(object));
  if (object.type === 'GROUP') return client.add(dn, groupAttributes(object));
  const enabled = account?.enabled ?? object.enabled;
  // Nobody knows the first password: it is set anew, or reset, before the first log-on.
  const password = `${randomBytes(24).toString('base64url')}aA1!`;
  return client.add(dn, createdAccount(object, { enabled, password }));
}

const containerAttributes = ({ mark, description }: DirectoryContainer) => ({
  objectClass: ['top', 'organizationalUnit'],
  description,
  adminDescription: mark,
});

const groupAttributes = ({ name, mark, description }: DirectoryGroup) => ({
  objectClass: ['top', 'group'],
  sAMAccountName: name,
  groupType: globalSecurityGroup,
  description,
  adminDescription: mark,
});

/** Makes an account a member of exactly the wanted ones among the customer's own groups. Answers how many changes that took. */
async function join(
  client: Client,
  wanted: Wanted<DirectoryAccount>,
  current: readonly string[],
): Promise<number> {
  const { object, base } = wanted;
  const filter = escapeFilter`(&(objectClass=group)(adminDescription=${object.groupsMark}))`;
  const { searchEntries } = await client.search([...rdnsOfPlace(object.groupsAt).reverse(), base].join(','), {
    scope: 'one',
    filter,
    attributes: ['cn'],
  });
  const missing = object.memberOf.find((name) => !searchEntries.some(({ cn }) => text(cn) === name));
  if (missing) throw new Passing(`The group ${missing} does not exist`);
  let changes = 0;
  for (const { dn, cn } of searchEntries) {
    const [should, is] = [object.memberOf.includes(text(cn)), current.includes(dn)];
    if (should === is) continue;
    await client.modify(dn, [membership(dnOf(wanted), should ? 'add' : 'delete')]);
    changes++;
  }
  return changes;
}

async function switchAccount(
  client: Client,
  { enabled, ...wanted }: Wanted<DirectoryAccount> & { enabled: boolean },
): Promise<Effect> {
  const rdns = rdnsOf(wanted.object);
  const found = await locate(client, wanted);
  if (!found) return { did: 'absent', rdns };
  const flags = flagsOf(wanted.object, found.entry, enabled);
  if (flags === undefined) return { did: 'unchanged', rdns };
  await client.modify(found.entry.dn, [flags]);
  return { did: 'changed', rdns };
}

async function setPassword(
  client: Client,
  { given, ...wanted }: Wanted<DirectoryAccount> & { given: { password: string; forceChange: boolean } },
): Promise<Effect> {
  const rdns = rdnsOf(wanted.object);
  const found = await locate(client, wanted);
  if (!found) return { did: 'absent', rdns };
  await client.modify(found.entry.dn, passwordChanges(given));
  return { did: 'changed', rdns };
}

async function remove(client: Client, wanted: Wanted): Promise<Effect> {
  const found = await locate(client, wanted);
  if (found) await client.del(found.entry.dn);
  return { did: found ? 'removed' : 'absent', rdns: rdnsOf(wanted.object) };
}
