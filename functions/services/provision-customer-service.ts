import * as z from 'zod';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { customerOut, notOffered, planBySeller, planUnknown } from '../../lib/services/problems.ts';
import { holding, provisionCustomer, wanted } from '../../lib/services/provision.ts';
import { besideTarget, offeredTo } from '../../lib/services/store.ts';

export const provisionCustomerService = route({
  id: 'provisionCustomerService',
  method: 'PUT',
  path: '/v1/customers/{customerId}/services/{serviceId}',
  summary: 'Give a customer a service that its parent offers, or another plan of it',
  description:
    'Where the service has plans for customers one must be named, by whoever sells to the customer: its own people take only what has none.',
  permission: 'customer_services.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), serviceId: id('service') }),
  body: wanted,
  ifMatch: 'heeded',
  reply: { status: 202, body: holding },
  refuses: [customerOut, notOffered, planUnknown, planBySeller],
  alongside: besideTarget,
  load: ({ params, body, ...input }) => offeredTo(input, params.serviceId, body.planId),
  decide: ({ scope, body, ifMatch, now }, state) => {
    expectVersion(ifMatch, state.current?.version ?? 0);
    const bySeller = scope.home.id !== scope.target.id;
    return provisionCustomer(state, { customer: scope.target, planId: body.planId, now, bySeller });
  },
});
