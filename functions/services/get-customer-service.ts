import * as z from 'zod';
import { outSince } from '../../lib/kit/in-service.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { isHad } from '../../lib/services/instance.ts';
import { holding, viewHolding } from '../../lib/services/provision.ts';
import { instancesOf } from '../../lib/services/store.ts';

export const getCustomerService = route({
  id: 'getCustomerService',
  method: 'GET',
  path: '/v1/customers/{customerId}/services/{serviceId}',
  summary: 'A service of a customer',
  permission: 'customer_services.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), serviceId: id('service') }),
  reply: { status: 200, body: holding },
  refuses: [],
  load: ({ target, params }) => instancesOf(target, params.serviceId),
  decide: ({ scope }, { customer }) =>
    customer
      ? answer(viewHolding(customer, isHad(customer) && outSince(scope.target.item) === undefined), {
          version: customer.version,
        })
      : refuse(notFound),
});
