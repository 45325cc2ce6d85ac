import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { roleCollection, viewCollection } from '../../lib/users/collection.ts';
import { collectionOf } from '../../lib/users/store.ts';

export const getRoleCollection = route({
  id: 'getRoleCollection',
  method: 'GET',
  path: '/v1/role-collections/{roleCollectionId}',
  summary: 'One of your role collections',
  permission: 'role_collections.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ roleCollectionId: id('roleCollection') }),
  reply: { status: 200, body: roleCollection },
  refuses: [],
  load: ({ home, params }) => collectionOf(home, params.roleCollectionId),
  decide: (_, found) =>
    found ? answer(viewCollection(found), { version: found.version }) : refuse(notFound),
});
