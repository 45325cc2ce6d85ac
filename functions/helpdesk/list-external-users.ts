import { externalUser, toExternalUser } from '../../lib/helpdesk/external-user.ts';
import { externalUserPage } from '../../lib/helpdesk/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';

export const listExternalUsers = route({
  id: 'listExternalUsers',
  method: 'GET',
  path: '/v1/external-users',
  summary: 'The provider’s external users, oldest first',
  permission: 'external_users.read',
  target: { home: ['PROVIDER'] },
  page: true,
  reply: { status: 200, body: pageOf(externalUser) },
  refuses: [],
  load: ({ home, query, position }) => externalUserPage(home, query.limit, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(toExternalUser), nextCursor: next && seal(next) }),
});
