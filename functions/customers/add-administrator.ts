import * as z from 'zod';
import {
  addAdministrator as add,
  administrator,
  newAdministrator,
} from '../../lib/customers/administrator.ts';
import { alreadyAdministrator, notOfCompany, roleRestricted } from '../../lib/customers/problems.ts';
import { toCustomer } from '../../lib/customers/profile.ts';
import { candidate, lineAbove } from '../../lib/customers/store.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
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
  refuses: [notOfCompany, alreadyAdministrator, addressInUse, roleRestricted],
  load: async ({ body, scope }) => {
    const { target } = await scope();
    const [found, above] = await Promise.all([
      candidate({ ...toCustomer(target.item), providerId: providerOf(target) }, body.personId),
      depthOf(target) > 2 ? lineAbove(target.path) : [],
    ]);
    return { ...found, line: [...above, target.item] };
  },
  decide: ({ scope, now }, state) => add(scope.target.id, state, now),
});
