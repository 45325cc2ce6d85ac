import * as z from 'zod';
import { besideOwnPeople, customersOwn } from '../../lib/kit/own-people.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { asOwnPeople } from '../../lib/users/own-people.ts';
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
  refuses: [lastAdministrator, roleBeyondYours, tooManyServices, customersOwn],
  alongside: besideOwnPeople,
  load: async ({ target, params, consistent, alongside }) => {
    const asked = { other: true, instances: true, again: consistent, count: true };
    const [held, [access]] = await Promise.all([heldUser(target, params.userId, asked), alongside()]);
    return { held, access };
  },
  decide: ({ scope, ifMatch, now, requestId }, { held, access }) => {
    if (!held) refuse(notFound);
    expectVersion(ifMatch, held.user.version);
    const { user: before, member } = held;
    return asOwnPeople(removeUser(scope, held, now), scope, { access, before, member }, { now, requestId });
  },
});
