import * as z from 'zod';
import { besideOwnPeople, customersOwn } from '../../lib/kit/own-people.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { provisionUser as decide } from '../../lib/users/change.ts';
import { ofDecider } from '../../lib/users/own-people.ts';
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
  refuses: [roleBeyondYours, customersOwn],
  alongside: besideOwnPeople,
  load: async ({ target, params, alongside }) => {
    const [found, [access]] = await Promise.all([userOf(target, params.userId), alongside()]);
    return { found, access };
  },
  decide: ({ scope, now }, { found, access }) => {
    if (!found) return refuse(notFound);
    return ofDecider(decide(scope, found, { what: 'deprovision', now }), scope, { user: found, access });
  },
});
