import * as z from 'zod';
import { disabled } from '../../lib/customers/problems.ts';
import { customer } from '../../lib/customers/profile.ts';
import { makeReseller } from '../../lib/customers/reseller.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const provisionResellerService = route({
  id: 'provisionResellerService',
  method: 'PUT',
  path: '/v1/customers/{customerId}/reseller-service',
  summary: 'Make a customer a reseller: it may have customers, and its administrators look after them',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  ifMatch: true,
  reply: { status: 200, body: customer },
  refuses: [disabled],
  decide: ({ scope, ifMatch }) => {
    expectVersion(ifMatch, scope.target.version);
    return makeReseller(scope.target);
  },
});
