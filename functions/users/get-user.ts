import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { viewless } from '../../lib/users/change.ts';
import { userOf } from '../../lib/users/store.ts';
import { user, viewUser } from '../../lib/users/user.ts';

export const getUser = route({
  id: 'getUser',
  method: 'GET',
  path: '/v1/customers/{customerId}/users/{userId}',
  summary: 'One user',
  permission: 'users.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  reply: { status: 200, body: user },
  refuses: [],
  load: ({ target, params }) => userOf(target, params.userId),
  decide: ({ now }, found) =>
    found ? answer(viewUser(viewless(found), now), { version: found.version }) : refuse(notFound),
});
