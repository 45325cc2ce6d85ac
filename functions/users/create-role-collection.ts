import { route } from '../../lib/kit/route.ts';
import { addCollection, newRoleCollection, roleCollection } from '../../lib/users/collection.ts';
import { collectionNameTaken, roleNotUsable } from '../../lib/users/problems.ts';
import { usableRoles } from '../../lib/users/role.ts';
import { lineOf } from '../../lib/users/store.ts';

export const createRoleCollection = route({
  id: 'createRoleCollection',
  method: 'POST',
  path: '/v1/role-collections',
  summary: 'Put built-in roles together under a name, for users of the customers below you',
  permission: 'role_collections.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  body: newRoleCollection,
  reply: { status: 201, body: roleCollection },
  refuses: [collectionNameTaken, roleNotUsable],
  load: async ({ scope }) => lineOf((await scope()).home),
  decide: ({ scope, body, newId, now }, line) =>
    addCollection(body, usableRoles(line), { id: newId('roleCollection'), nodeId: scope.home.id, now }),
});
