import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { removeCollection } from '../../lib/users/collection.ts';
import { collectionInUse } from '../../lib/users/problems.ts';
import { collectionOf } from '../../lib/users/store.ts';

export const deleteRoleCollection = route({
  id: 'deleteRoleCollection',
  method: 'DELETE',
  path: '/v1/role-collections/{roleCollectionId}',
  summary: 'Delete a role collection that nobody holds',
  permission: 'role_collections.manage',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ roleCollectionId: id('roleCollection') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [collectionInUse],
  load: ({ home, params }) => collectionOf(home, params.roleCollectionId),
  decide: ({ ifMatch }, found) => {
    if (!found) refuse(notFound);
    expectVersion(ifMatch, found.version);
    return removeCollection(found);
  },
});
