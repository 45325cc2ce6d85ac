import { randomUUID } from 'node:crypto';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nameEntry, nodeKey, treeEntry } from '../../lib/kit/keys.ts';

/** A node that was planted: its id, its path from the platform down, and its one domain. */
export interface Planted {
  readonly id: string;
  readonly path: readonly string[];
  readonly domain: string;
}

export const rootOf = (providerId: string): Pick<Planted, 'id' | 'path'> => ({
  id: providerId,
  path: [platformId, providerId],
});

/** A customer or reseller below a node, planted below the API with what its profile may say of users and services. */
export async function plantNode(
  parent: Pick<Planted, 'id' | 'path'>,
  more: { type?: 'CUSTOMER' | 'RESELLER' } & Record<string, unknown> = {},
): Promise<Planted> {
  const id = newId('customer', Date.now());
  const path = [...parent.path, id];
  const name = `Node ${id.slice(-6)}`;
  const domain = `${randomUUID().slice(0, 8)}.example`;
  const item = {
    ...nodeKey(id),
    ...treeEntry(path[1] ?? '', path),
    ...nameEntry(parent.id, 'CUSTOMER', name.toLowerCase(), id),
    kind: 'node',
    id,
    parentId: parent.id,
    type: 'CUSTOMER',
    name,
    code: id.slice(-6),
    domains: [{ name: domain, primary: true, shared: false }],
    userLimit: null,
    allowedRoles: null,
    restrictedRoles: null,
    status: 'Provisioned',
    adminState: 'ENABLED',
    state: 'ACTIVE',
    createdAt: new Date().toISOString(),
    path: path.join('/'),
    version: 1,
    ...more,
  };
  await commit([{ do: 'create', item }], randomUUID(), Date.now() + 5000);
  return { id, path, domain };
}
