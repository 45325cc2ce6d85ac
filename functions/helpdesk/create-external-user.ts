import { externalUser, invite, newExternalUser } from '../../lib/helpdesk/external-user.ts';
import { externalUsersRefused, externalUserTaken } from '../../lib/helpdesk/problems.ts';
import { mspModeOf } from '../../lib/helpdesk/store.ts';
import { route } from '../../lib/kit/route.ts';

export const createExternalUser = route({
  id: 'createExternalUser',
  method: 'POST',
  path: '/v1/external-users',
  summary: 'Create an external user; refused in MSP mode',
  permission: 'external_users.manage',
  target: { home: ['PROVIDER'] },
  body: newExternalUser,
  reply: { status: 201, body: externalUser },
  refuses: [externalUsersRefused, externalUserTaken],
  load: ({ home }) => mspModeOf(home),
  decide: ({ body, newId, now }, mode) => invite(mode, body, { id: newId('externalUser'), now }),
});
