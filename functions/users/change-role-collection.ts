import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { changeCollection, changedRoleCollection, roleCollection } from '../../lib/users/collection.ts';
import { collectionInUse, collectionNameTaken, roleNotUsable } from '../../lib/users/problems.ts';
import { usableRoles } from '../../lib/users/role.ts';
import { collectionOf, lineOf } from '../../lib/users/store.ts';

export const changeRoleCollection = route({
  id: 'changeRoleCollection',
  method: 'PATCH',
  path: '/v1/role-collections/{roleCollectionId}',
  summary: 'Rename a role collection, or change its roles while nobody holds it',
  permission: 'role_collections.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ roleCollectionId: id('roleCollection') }),
  body: changedRoleCollection,
  ifMatch: true,
  reply: { status: 200, body: roleCollection },
  refuses: [collectionNameTaken, collectionInUse, roleNotUsable],
  load: async ({ home, params, scope }) => {
    const [found, line] = await Promise.all([
      collectionOf(home, params.roleCollectionId),
      scope().then((one) => lineOf(one.home)),
    ]);
    return { found, line };
  },
  decide: ({ body, ifMatch }, { found, line }) => {
    if (!found) refuse(notFound);
    expectVersion(ifMatch, found.version);
    return changeCollection(found, body, usableRoles(line));
  },
});
