import * as z from 'zod';
import { canonical } from '../kit/digest.ts';
import { type DirectoryObject, directoryKinds, directoryObject } from '../kit/directory.ts';
import { directoryObjectKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { rdnOfGroup } from './naming.ts';
import { containerId } from './rules.ts';

const keptSeconds = 90 * 24 * 3600;

/** What the engine believes of one object: as it last made it. Removed ones are kept for 90 days, so that a late request cannot bring them back. */
const belief = z.object({
  owner: z.string(),
  objectId: z.string(),
  object: directoryObject,
  /** Escaped names from the owner's container down; for the container itself its own. */
  rdns: z.array(z.string()),
  /** Accounts: whether it may log on now. */
  active: z.boolean(),
  /** The owner's container: whether the customer's accounts are off. */
  suspended: z.boolean(),
  /** For the container: of what the nodes below were asked to heed last; null where nobody knows. */
  told: z.boolean().nullable().default(null),
  gone: z.boolean(),
  /** Accounts: folders that it stood in before, until somebody has looked whether they are empty. */
  left: z.array(z.array(z.string())).default([]),
  /** Where it was made: in the table alone, or in a directory. */
  directory: z.enum(directoryKinds).default('TABLE'),
  /** Version of the desired state that it was made of, where it was a request's subject. */
  asOf: z.int(),
  version: z.int(),
});
export type Belief = z.infer<typeof belief>;

export const toBelief = (item: Readonly<Record<string, unknown>>): Belief => belief.parse(item);

/** The object of a belief that still exists. */
export const standing = (one: Belief | undefined): Belief | undefined => (one && !one.gone ? one : undefined);

/** Remembers an object as it was just made; nothing is written where that was known. */
export function remember(previous: Belief | undefined, now: Omit<Belief, 'version'>): Write[] {
  const { version = 0, ...known } = previous ?? {};
  if (previous && canonical(known) === canonical(now)) return [];
  const item: Item & { version: number } = {
    ...directoryObjectKey(now.owner, now.objectId),
    kind: 'directoryObject',
    ...now,
    version: version + 1,
  };
  return [previous ? { do: 'replace', version, item } : { do: 'create', item }];
}

/** Remembers that an object is no more. */
export function forget(previous: Belief, at: { now: string; asOf: number }): Write[] {
  const item: Item & { version: number } = {
    ...directoryObjectKey(previous.owner, previous.objectId),
    kind: 'directoryObject',
    ...previous,
    gone: true,
    asOf: Math.max(previous.asOf, at.asOf),
    expiresAt: Math.floor(Date.parse(at.now) / 1000) + keptSeconds,
    version: previous.version + 1,
  };
  return [{ do: 'replace', version: previous.version, item }];
}

/** An object of the directory as the engine believes it to be. */
export const objectView = z.strictObject({
  type: z.enum(['CONTAINER', 'GROUP', 'USER']),
  name: z.string(),
  dn: z.string().describe('Distinguished name; without a directory, relative to none'),
  directory: z.enum(directoryKinds),
  description: z.string().nullable().describe('Containers and groups: the customer’s name'),
  serviceCode: z.string().nullable(),
  displayName: z.string().nullable(),
  userPrincipalName: z.string().nullable(),
  enabled: z.boolean().nullable().describe('Users: whether they may log on now'),
  expiresAt: z.string().nullable().describe('Users: first instant at which they may not any more'),
  memberOf: z.array(z.string()).describe('Users: distinguished names of their groups'),
});
export type ObjectView = z.infer<typeof objectView>;

/** Where a customer's container stands: escaped names from the base down, and the base itself; and when it is looked at. */
export interface Standing {
  readonly chain: readonly string[];
  readonly baseDn: string;
  readonly now: string;
}

/** A belief as callers see it; its groups stand in `groups` by name. */
export function viewObject(
  { object, objectId, rdns, active, directory }: Belief,
  { chain, now, ...standing }: Standing,
): ObjectView {
  // Nothing of what was made before there was a directory stands in it.
  const baseDn = directory === 'LDAP' ? standing.baseDn : '';
  const dnOf = (inside: readonly string[]) =>
    [...[...chain, ...inside].reverse(), ...(baseDn ? [baseDn] : [])].join(',');
  const nothing = {
    description: null,
    serviceCode: null,
    displayName: null,
    userPrincipalName: null,
    enabled: null,
    expiresAt: null,
    memberOf: [],
  };
  const dn = dnOf(objectId === containerId ? [] : rdns);
  const common = { ...nothing, type: object.type, name: object.name, dn, directory };
  if (object.type === 'USER') {
    const { displayName, userPrincipalName, memberOf, expiresAt } = object;
    const enabled = active && (expiresAt === null || now < expiresAt);
    const groups = memberOf.map((name) => dnOf([rdnOfGroup(name)])).sort();
    return { ...common, displayName, userPrincipalName, enabled, expiresAt, memberOf: groups };
  }
  const serviceCode = object.type === 'GROUP' ? object.service : null;
  return { ...common, description: object.description, serviceCode };
}

/** Only a configured directory has a base. */
export const directoryOf = (baseDn: string): 'LDAP' | 'TABLE' => (baseDn ? 'LDAP' : 'TABLE');

/** An account without a group that is to be removed. */
export function without(object: DirectoryObject, groupName: string): DirectoryObject {
  if (object.type !== 'USER') return object;
  return { ...object, memberOf: object.memberOf.filter((one) => one !== groupName) };
}
