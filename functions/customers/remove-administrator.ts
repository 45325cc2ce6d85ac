import * as z from 'zod';
import { administratorRole, removeAdministrator as remove } from '../../lib/customers/administrator.ts';
import { lastAdministrator } from '../../lib/customers/problems.ts';
import { administratorOf } from '../../lib/customers/store.ts';
import { besideOwnPeople, customersOwn, withOwnPeople } from '../../lib/kit/own-people.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { userOf } from '../../lib/users/admission.ts';
import { changeUser } from '../../lib/users/change.ts';
import { anotherAdministrator, heldUser } from '../../lib/users/store.ts';

export const removeAdministrator = route({
  id: 'removeAdministrator',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/administrators/{personId}',
  summary: 'Take the administrator’s role: out at the next request; the last one stays',
  description: 'Of a user of the customer it takes the whole role: the user shows none from then on.',
  permission: 'administrators.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), personId: id('person') }),
  dryRun: true,
  ifMatch: true,
  reply: { status: 204 },
  refuses: [lastAdministrator, customersOwn],
  alongside: besideOwnPeople,
  load: async ({ target, params, consistent, alongside }) => {
    const userId = userOf(params.personId);
    const [current, other, held, [access]] = await Promise.all([
      administratorOf(target, params.personId),
      anotherAdministrator(target, params.personId),
      heldUser(target, userId, { other: false, instances: false, again: consistent }),
      alongside(),
    ]);
    return { access, current, other, held: held && { ...held, other } };
  },
  decide: ({ scope, ifMatch, now, requestId }, { access, current, other, held }) => {
    if (!current) refuse(notFound);
    expectVersion(ifMatch, current.version);
    const asUser = held && other && changeUser(scope, { held, change: { role: null } }, now);
    const left = held ? [] : current.roles.filter((one) => one !== administratorRole);
    const seen = { access, personId: current.personId, before: current, after: { ...current, roles: left } };
    return withOwnPeople(remove(current, other, asUser), scope, seen, { now, requestId });
  },
});
