import * as z from 'zod';
import {
  addAdministrator as add,
  administrator,
  newAdministrator,
} from '../../lib/customers/administrator.ts';
import { alreadyAdministrator, notOfCompany } from '../../lib/customers/problems.ts';
import { toCustomer } from '../../lib/customers/profile.ts';
import { candidate } from '../../lib/customers/store.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
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
  refuses: [notOfCompany, alreadyAdministrator, addressInUse],
  load: async ({ body, scope }) => {
    const { target } = await scope();
    return candidate({ ...toCustomer(target.item), providerId: providerOf(target) }, body.personId);
  },
  decide: ({ scope, now }, state) => add(scope.target.id, state, now),
});
