import * as z from 'zod';
import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { addUser } from '../../lib/users/create.ts';
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
  ],
  load: async ({ body, scope }) => around((await scope()).target, body.role),
  decide: ({ scope, body, newId, now }, found) =>
    addUser(scope, { command: body, around: found }, { id: newId('user'), now }),
});
