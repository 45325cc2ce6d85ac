import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { provisionUser as decide } from '../../lib/users/change.ts';
import { roleBeyondYours } from '../../lib/users/problems.ts';
import { userOf } from '../../lib/users/store.ts';
import { user } from '../../lib/users/user.ts';

export const deprovisionUser = route({
  id: 'deprovisionUser',
  method: 'POST',
  path: '/v1/customers/{customerId}/users/{userId}/deprovision',
  summary: 'Take the user out of the directory; what we know of them stays',
  permission: 'users.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  reply: { status: 202, body: user },
  refuses: [roleBeyondYours],
  load: ({ target, params }) => userOf(target, params.userId),
  decide: ({ scope, now }, found) =>
    found ? decide(scope, found, { what: 'deprovision', now }) : refuse(notFound),
});
