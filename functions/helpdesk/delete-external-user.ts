import * as z from 'zod';
import { dismiss } from '../../lib/helpdesk/external-user.ts';
import { externalUserOf } from '../../lib/helpdesk/store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const deleteExternalUser = route({
  id: 'deleteExternalUser',
  method: 'DELETE',
  path: '/v1/external-users/{externalUserId}',
  summary: 'Delete an external user',
  permission: 'external_users.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ externalUserId: id('externalUser') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [],
  load: ({ home, params }) => externalUserOf(home, params.externalUserId),
  decide: ({ ifMatch }, { user, mode }) => {
    if (!user) refuse(notFound);
    expectVersion(ifMatch, 1);
    return dismiss(mode, user);
  },
});
