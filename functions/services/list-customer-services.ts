import * as z from 'zod';
import { outSince } from '../../lib/kit/in-service.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { isHad } from '../../lib/services/instance.ts';
import { holding, viewHolding } from '../../lib/services/provision.ts';
import { servicesOfCustomer } from '../../lib/services/store.ts';

export const listCustomerServices = route({
  id: 'listCustomerServices',
  method: 'GET',
  path: '/v1/customers/{customerId}/services',
  summary: 'The services that a customer has, or had',
  permission: 'customer_services.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: z.strictObject({ items: z.array(holding) }) },
  refuses: [],
  load: ({ target }) => servicesOfCustomer(target),
  decide: ({ scope }, found) => {
    const inService = outSince(scope.target.item) === undefined;
    return answer({ items: found.map((one) => viewHolding(one, isHad(one) && inService)) });
  },
});
