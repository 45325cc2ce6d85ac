import * as z from 'zod';
import { addressInUse } from '../../lib/kit/membership.ts';
import { besideOwnPeople, customersOwn } from '../../lib/kit/own-people.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { changeUser as change } from '../../lib/users/change.ts';
import { asOwnPeople } from '../../lib/users/own-people.ts';
import {
  collectionUnknown,
  domainUnknown,
  lastAdministrator,
  namesMove,
  roleBeyondYours,
  roleNotUsable,
  tooManyServices,
  upnTaken,
  userNameFixed,
  userNameTaken,
} from '../../lib/users/problems.ts';
import { around, heldUser } from '../../lib/users/store.ts';
import { changedUser, user } from '../../lib/users/user.ts';

export const changeUser = route({
  id: 'changeUser',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/users/{userId}',
  summary: 'Change, disable, enable or unlock a user, or give another role',
  description:
    'What is saved waits as `Pending` for provisioning; `disabled`, `locked` and `expiresOn` go to the directory at once.',
  permission: 'users.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  body: changedUser,
  ifMatch: true,
  reply: { status: 200, body: user },
  refuses: [
    domainUnknown,
    upnTaken,
    namesMove,
    userNameTaken,
    userNameFixed,
    roleNotUsable,
    roleBeyondYours,
    collectionUnknown,
    lastAdministrator,
    tooManyServices,
    addressInUse,
    customersOwn,
  ],
  alongside: besideOwnPeople,
  load: async ({ target, params, body, consistent, scope, alongside }) => {
    const unseats = body.role !== undefined || body.disabled === true || body.expiresOn != null;
    const instances = body.testUser !== undefined || body.displayName !== undefined;
    const [held, found, [access]] = await Promise.all([
      heldUser(target, params.userId, { other: unseats, instances, again: consistent }),
      body.role === undefined && body.upn === undefined
        ? undefined
        : scope().then((one) => around(one.target, body.role)),
      alongside(),
    ]);
    return { held, found, access };
  },
  decide: ({ scope, body, ifMatch, now, requestId }, { held, found, access }) => {
    if (!held) refuse(notFound);
    expectVersion(ifMatch, held.user.version);
    const plan = change(scope, { held, change: body, around: found }, now);
    const { user: before, member } = held;
    return asOwnPeople(plan, scope, { access, before, member, after: plan.reply.body }, { now, requestId });
  },
});
