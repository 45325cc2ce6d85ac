import { collaboratorGroup, toCollaboratorGroup } from '../../lib/helpdesk/collaborator-group.ts';
import { collaboratorGroupPage } from '../../lib/helpdesk/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';

export const listCollaboratorGroups = route({
  id: 'listCollaboratorGroups',
  method: 'GET',
  path: '/v1/collaborator-groups',
  summary: 'The provider’s collaborator groups, oldest first',
  permission: 'collaborator_groups.read',
  target: { home: ['PROVIDER'] },
  page: true,
  reply: { status: 200, body: pageOf(collaboratorGroup) },
  refuses: [],
  load: ({ home, query, position }) => collaboratorGroupPage(home, query.limit, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(toCollaboratorGroup), nextCursor: next && seal(next) }),
});
