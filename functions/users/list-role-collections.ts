import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { roleCollection, toCollection, viewCollection } from '../../lib/users/collection.ts';
import { collectionPage } from '../../lib/users/store.ts';

export const listRoleCollections = route({
  id: 'listRoleCollections',
  method: 'GET',
  path: '/v1/role-collections',
  summary: 'Your role collections, oldest first',
  permission: 'role_collections.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  page: true,
  reply: { status: 200, body: pageOf(roleCollection) },
  refuses: [],
  load: ({ home, query, position }) => collectionPage(home, query.limit, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map((item) => viewCollection(toCollection(item))),
      nextCursor: next && seal(next),
    }),
});
