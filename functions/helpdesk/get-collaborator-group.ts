import * as z from 'zod';
import { collaboratorGroup } from '../../lib/helpdesk/collaborator-group.ts';
import { collaboratorGroupOf } from '../../lib/helpdesk/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getCollaboratorGroup = route({
  id: 'getCollaboratorGroup',
  method: 'GET',
  path: '/v1/collaborator-groups/{groupId}',
  summary: 'One collaborator group',
  permission: 'collaborator_groups.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ groupId: id('collaboratorGroup') }),
  reply: { status: 200, body: collaboratorGroup },
  refuses: [],
  load: ({ home, params }) => collaboratorGroupOf(home, params.groupId),
  decide: (_, { group }) => (group ? answer(group, { version: 1 }) : refuse(notFound)),
});
