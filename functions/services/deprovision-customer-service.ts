import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { isHad } from '../../lib/services/instance.ts';
import { deprovisionCustomer, holding } from '../../lib/services/provision.ts';
import { besideTarget, offeredTo } from '../../lib/services/store.ts';

export const deprovisionCustomerService = route({
  id: 'deprovisionCustomerService',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/services/{serviceId}',
  summary: 'Take a service from a customer, and with it from all its users',
  permission: 'customer_services.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), serviceId: id('service') }),
  ifMatch: true,
  reply: { status: 202, body: holding },
  refuses: [],
  alongside: besideTarget,
  load: ({ params, ...input }) => offeredTo(input, params.serviceId),
  decide: ({ scope, ifMatch, now }, { current, source }) => {
    if (!isHad(current)) refuse(notFound);
    expectVersion(ifMatch, current.version);
    return deprovisionCustomer(current, source, { customer: scope.target, now });
  },
});
