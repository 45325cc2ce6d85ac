import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { lastAdministrator, roleBeyondYours, tooManyServices } from '../../lib/users/problems.ts';
import { removeUser } from '../../lib/users/remove.ts';
import { heldUser } from '../../lib/users/store.ts';

export const deleteUser = route({
  id: 'deleteUser',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/users/{userId}',
  summary: 'Delete a user and what they hold: out at the next request',
  permission: 'users.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [lastAdministrator, roleBeyondYours, tooManyServices],
  load: ({ target, params, consistent }) =>
    heldUser(target, params.userId, { other: true, instances: true, again: consistent, count: true }),
  decide: ({ scope, ifMatch, now }, held) => {
    if (!held) refuse(notFound);
    expectVersion(ifMatch, held.user.version);
    return removeUser(scope, held, now);
  },
});
