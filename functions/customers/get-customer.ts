import * as z from 'zod';
import { customer, toCustomer } from '../../lib/customers/profile.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getCustomer = route({
  id: 'getCustomer',
  method: 'GET',
  path: '/v1/customers/{customerId}',
  summary: 'One customer',
  permission: 'customers.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: customer },
  refuses: [],
  decide: ({ scope }) => answer(toCustomer(scope.target.item), { version: scope.target.version }),
});
