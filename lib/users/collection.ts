import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { roleCollectionKey, uniqueKey } from '../kit/keys.ts';
import { difference, type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName, name } from '../kit/text.ts';
import { collectionInUse, collectionNameTaken } from './problems.ts';
import { mustBeUsable, type Preset, presets } from './role.ts';

const roles = z
  .array(z.enum(presets))
  .min(1)
  .max(presets.length)
  .refine((list) => new Set(list).size === list.length, 'names a role twice');

/** A named set of built-in roles, for the customers below the node that made it. */
export const roleCollection = z.strictObject({
  id: z.string().describe('`rlc_…`'),
  nodeId: z.string().describe('The provider or reseller that made it'),
  name: z.string(),
  roles: z.array(z.enum(presets)),
  users: z.int().describe('How many users hold it; while any does, its roles are fixed'),
  createdAt: z.string(),
});
export type RoleCollection = z.infer<typeof roleCollection>;
export type Collection = RoleCollection & { readonly version: number };

export const newRoleCollection = z.strictObject({ name: name(64), roles });
export const changedRoleCollection = z.strictObject({ name: name(64), roles }).partial();

export const viewCollection = ({ version: _, ...rest }: Collection): RoleCollection => rest;

export function toCollection(item: Readonly<Record<string, unknown>>): Collection {
  return roleCollection.extend({ version: z.number() }).strip().parse(item);
}

const toItem = (one: RoleCollection, version: number): Item & { version: number } => ({
  ...roleCollectionKey(one.nodeId, one.id),
  ...one,
  kind: 'roleCollection',
  version,
});

const nameKey = (nodeId: string, value: string) =>
  uniqueKey(nodeId, 'ROLE_COLLECTION', digest('name', foldName(value)));
const uniqueName = ({ nodeId, name, id }: RoleCollection): Write => ({
  do: 'create',
  item: { ...nameKey(nodeId, name), kind: 'unique', collectionId: id },
  taken: new Problem(collectionNameTaken),
});

/** Makes a collection of roles that the node itself may hand down. */
export function addCollection(
  command: z.output<typeof newRoleCollection>,
  usable: readonly Preset[],
  made: { id: string; nodeId: string; now: string },
): Plan<RoleCollection> {
  mustBeUsable(command.roles, usable, '#/roles');
  const added = { id: made.id, nodeId: made.nodeId, ...command, users: 0, createdAt: made.now };
  return {
    writes: [{ do: 'create', item: toItem(added, 1) }, uniqueName(added)],
    receipt: { action: 'role_collections.create', subject: made.id, after: { ...command } },
    reply: { body: added, version: 1, location: `/v1/role-collections/${made.id}` },
  };
}

/** Renames a collection, or changes its roles while nobody holds it. */
export function changeCollection(
  before: Collection,
  change: z.output<typeof changedRoleCollection>,
  usable: readonly Preset[],
): Plan<RoleCollection> {
  const after = { ...viewCollection(before), ...defined(change) };
  const differing = difference(viewCollection(before), after);
  if (Object.keys(differing.after).length === 0) {
    return { writes: [], reply: { body: viewCollection(before), version: before.version } };
  }
  if (differing.after.roles !== undefined) {
    if (before.users > 0) refuse(collectionInUse);
    mustBeUsable(after.roles, usable, '#/roles');
  }
  const version = before.version + 1;
  const from = nameKey(before.nodeId, before.name);
  const renamed = from.SK !== nameKey(after.nodeId, after.name).SK;
  return {
    writes: [
      { do: 'replace', version: before.version, item: toItem(after, version) },
      ...(renamed ? [uniqueName(after), { do: 'remove', key: from } satisfies Write] : []),
    ],
    receipt: { action: 'role_collections.change', subject: before.id, ...differing },
    reply: { body: after, version },
  };
}

/** Deletes a collection that nobody holds. */
export function removeCollection(before: Collection): Plan {
  if (before.users > 0) refuse(collectionInUse);
  return {
    writes: [
      { do: 'remove', key: roleCollectionKey(before.nodeId, before.id), version: before.version },
      { do: 'remove', key: nameKey(before.nodeId, before.name) },
    ],
    receipt: {
      action: 'role_collections.delete',
      subject: before.id,
      before: { name: before.name, roles: before.roles },
    },
    reply: { status: 204 },
  };
}

/** Counts a holder in (at the roles seen) or out. */
export const hold = (one: Collection): Write => ({
  do: 'adjust',
  key: roleCollectionKey(one.nodeId, one.id),
  add: { users: 1, version: 1 },
  version: one.version,
});
export const release = ({ nodeId, id }: Pick<Collection, 'nodeId' | 'id'>): Write => ({
  do: 'adjust',
  key: roleCollectionKey(nodeId, id),
  add: { users: -1, version: 1 },
});

function defined<T extends object>(change: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as never;
}
