import * as z from 'zod';
import { addressInUse } from '../../lib/kit/membership.ts';
import { besideOwnPeople, customersOwn } from '../../lib/kit/own-people.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { addUser } from '../../lib/users/create.ts';
import { asOwnPeople } from '../../lib/users/own-people.ts';
import {
  collectionUnknown,
  domainUnknown,
  lastAdministrator,
  namesMove,
  roleBeyondYours,
  roleNotUsable,
  upnTaken,
  userLimitReached,
  userNameTaken,
} from '../../lib/users/problems.ts';
import { around } from '../../lib/users/store.ts';
import { newUser, user } from '../../lib/users/user.ts';

export const createUser = route({
  id: 'createUser',
  method: 'POST',
  path: '/v1/customers/{customerId}/users',
  summary: 'Add a user; the first one is a customer administrator',
  description:
    'No password is taken: the directory gets a random one, to be changed at the next log-on. Whoever has a role signs in here with their e-mail address.',
  permission: 'users.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newUser,
  reply: { status: 201, body: user },
  refuses: [
    domainUnknown,
    upnTaken,
    namesMove,
    userNameTaken,
    userLimitReached,
    roleNotUsable,
    roleBeyondYours,
    collectionUnknown,
    lastAdministrator,
    addressInUse,
    customersOwn,
  ],
  alongside: besideOwnPeople,
  load: async ({ body, scope, alongside }) => {
    const [found, [access]] = await Promise.all([around((await scope()).target, body.role), alongside()]);
    return { found, access };
  },
  decide: ({ scope, body, newId, now, requestId }, { found, access }) => {
    const plan = addUser(scope, { command: body, around: found }, { id: newId('user'), now });
    return asOwnPeople(plan, scope, { access, after: plan.reply.body }, { now, requestId });
  },
});
