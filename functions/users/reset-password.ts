import * as z from 'zod';
import { besideOwnPeople, customersOwn } from '../../lib/kit/own-people.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { resetPassword as reset } from '../../lib/users/change.ts';
import { ofDecider } from '../../lib/users/own-people.ts';
import { passwordReset } from '../../lib/users/password.ts';
import { roleBeyondYours } from '../../lib/users/problems.ts';
import { userOf } from '../../lib/users/store.ts';
import { user } from '../../lib/users/user.ts';

export const resetPassword = route({
  id: 'resetPassword',
  method: 'POST',
  path: '/v1/customers/{customerId}/users/{userId}/password-reset',
  summary: 'Have the directory give a new password, to be changed at the next log-on',
  description:
    'The engine makes the password and seals it for your key: the request `USER_RESET_PASSWORD` that `Location` lists shows it as `sealedPassword` (RSA-OAEP with SHA-256). Nobody else can read it, and it is kept nowhere else.',
  permission: 'users.reset_password',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  body: passwordReset,
  reply: { status: 202, body: user },
  refuses: [roleBeyondYours, customersOwn],
  alongside: besideOwnPeople,
  load: async ({ target, params, alongside }) => {
    const [found, [access]] = await Promise.all([userOf(target, params.userId), alongside()]);
    return { found, access };
  },
  decide: ({ scope, now, body }, { found, access }) => {
    if (!found) return refuse(notFound);
    return ofDecider(reset(scope, found, { ...body, now }), scope, { user: found, access });
  },
});
