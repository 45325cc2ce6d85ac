import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { provisionUser as decide } from '../../lib/users/change.ts';
import { customerNotProvisioned, roleBeyondYours } from '../../lib/users/problems.ts';
import { userOf } from '../../lib/users/store.ts';
import { user } from '../../lib/users/user.ts';

export const provisionUser = route({
  id: 'provisionUser',
  method: 'POST',
  path: '/v1/customers/{customerId}/users/{userId}/provision',
  summary: 'Bring the user into the directory, with what was changed since',
  permission: 'users.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  reply: { status: 202, body: user },
  refuses: [customerNotProvisioned, roleBeyondYours],
  load: ({ target, params }) => userOf(target, params.userId),
  decide: ({ scope, now }, found) =>
    found ? decide(scope, found, { what: 'provision', now }) : refuse(notFound),
});
