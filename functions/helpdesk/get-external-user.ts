import * as z from 'zod';
import { externalUser } from '../../lib/helpdesk/external-user.ts';
import { externalUserOf } from '../../lib/helpdesk/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getExternalUser = route({
  id: 'getExternalUser',
  method: 'GET',
  path: '/v1/external-users/{externalUserId}',
  summary: 'One external user',
  permission: 'external_users.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ externalUserId: id('externalUser') }),
  reply: { status: 200, body: externalUser },
  refuses: [],
  load: ({ home, params }) => externalUserOf(home, params.externalUserId),
  decide: (_, { user }) => (user ? answer(user, { version: 1 }) : refuse(notFound)),
});
