import * as z from 'zod';
import {
  addAdministrator as add,
  administrator,
  administratorRole,
  newAdministrator,
} from '../../lib/customers/administrator.ts';
import { alreadyAdministrator, notOfCompany, roleRestricted } from '../../lib/customers/problems.ts';
import { toCustomer } from '../../lib/customers/profile.ts';
import { candidate, lineAbove } from '../../lib/customers/store.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
import { besideOwnPeople, customersOwn, withOwnPeople } from '../../lib/kit/own-people.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, depthOf, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const addAdministrator = route({
  id: 'addAdministrator',
  method: 'POST',
  path: '/v1/customers/{customerId}/administrators',
  summary: 'Make one of the company’s people an administrator of the customer',
  permission: 'administrators.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newAdministrator,
  dryRun: true,
  reply: { status: 201, body: administrator },
  refuses: [notOfCompany, alreadyAdministrator, addressInUse, roleRestricted, customersOwn],
  alongside: besideOwnPeople,
  load: async ({ body, scope, alongside }) => {
    const { target } = await scope();
    const [found, above, [access]] = await Promise.all([
      candidate({ ...toCustomer(target.item), providerId: providerOf(target) }, body.personId),
      depthOf(target) > 2 ? lineAbove(target.path) : [],
      alongside(),
    ]);
    return { ...found, access, line: [...above, target.item] };
  },
  decide: ({ scope, body, now, requestId }, { access, ...state }) => {
    const plan = add(scope.target.id, state, now);
    const { current: before } = state;
    const after = {
      roles: [...(before?.roles ?? []), administratorRole],
      email: plan.reply.body?.email ?? '',
    };
    const { personId } = body;
    return withOwnPeople(plan, scope, { access, personId, before, after }, { now, requestId });
  },
});
