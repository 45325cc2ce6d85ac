import { collaboratorGroup, gather, newCollaboratorGroup } from '../../lib/helpdesk/collaborator-group.ts';
import { groupNameTaken, groupsRefused } from '../../lib/helpdesk/problems.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { route } from '../../lib/kit/route.ts';

export const createCollaboratorGroup = route({
  id: 'createCollaboratorGroup',
  method: 'POST',
  path: '/v1/collaborator-groups',
  summary: 'Create a collaborator group; refused in MSP mode',
  permission: 'collaborator_groups.manage',
  target: { home: ['PROVIDER'] },
  body: newCollaboratorGroup,
  reply: { status: 201, body: collaboratorGroup },
  refuses: [groupsRefused, groupNameTaken],
  load: ({ home }) => mspModeOf(home),
  decide: ({ body, newId, now }, mode) => gather(mode, body, { id: newId('collaboratorGroup'), now }),
});
