import * as z from 'zod';
import { provision } from '../../lib/customers/lifecycle.ts';
import { busy, disabled } from '../../lib/customers/problems.ts';
import { customer } from '../../lib/customers/profile.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const provisionCustomer = route({
  id: 'provisionCustomer',
  method: 'POST',
  path: '/v1/customers/{customerId}/provision',
  summary: 'Bring a customer into the directory, or apply what was edited',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 202, body: customer },
  refuses: [busy, disabled],
  decide: ({ scope, now }) => {
    const plan = provision(scope.target, now);
    const location = `/v1/customers/${scope.target.id}/provisioning-requests`;
    return { ...plan, reply: { ...plan.reply, location } };
  },
});
