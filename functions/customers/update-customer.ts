import * as z from 'zod';
import { changeCustomer } from '../../lib/customers/customer.ts';
import { nameTaken } from '../../lib/customers/problems.ts';
import { changedCustomer, customer } from '../../lib/customers/profile.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const updateCustomer = route({
  id: 'updateCustomer',
  method: 'PATCH',
  path: '/v1/customers/{customerId}',
  summary: 'Rename a customer or change its details',
  permission: 'customers.update',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: changedCustomer,
  ifMatch: true,
  reply: { status: 200, body: customer },
  refuses: [nameTaken],
  decide: ({ scope, body, ifMatch }) => {
    expectVersion(ifMatch, scope.target.version);
    return changeCustomer(scope.target, body);
  },
});
