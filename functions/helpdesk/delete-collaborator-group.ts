import * as z from 'zod';
import { disband } from '../../lib/helpdesk/collaborator-group.ts';
import { collaboratorGroupOf } from '../../lib/helpdesk/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const deleteCollaboratorGroup = route({
  id: 'deleteCollaboratorGroup',
  method: 'DELETE',
  path: '/v1/collaborator-groups/{groupId}',
  summary: 'Delete a collaborator group',
  permission: 'collaborator_groups.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ groupId: id('collaboratorGroup') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [],
  load: ({ home, params }) => collaboratorGroupOf(home, params.groupId),
  decide: ({ ifMatch }, { group, mode }) => {
    if (!group) refuse(notFound);
    expectVersion(ifMatch, 1);
    return disband(mode, group);
  },
});
