import * as z from 'zod';
import { deprovision } from '../../lib/customers/lifecycle.ts';
import { busy, notProvisioned } from '../../lib/customers/problems.ts';
import { customer } from '../../lib/customers/profile.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const deprovisionCustomer = route({
  id: 'deprovisionCustomer',
  method: 'POST',
  path: '/v1/customers/{customerId}/deprovision',
  summary: 'Take a customer and its users out of service; records stay',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 202, body: customer },
  refuses: [busy, notProvisioned],
  decide: ({ scope, now }) => {
    const plan = deprovision(scope.target, now);
    const location = `/v1/customers/${scope.target.id}/provisioning-requests`;
    return { ...plan, reply: { ...plan.reply, location } };
  },
});
