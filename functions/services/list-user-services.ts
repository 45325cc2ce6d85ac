import * as z from 'zod';
import { outSince } from '../../lib/kit/in-service.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { isHadWithin } from '../../lib/services/instance.ts';
import { holding, viewHolding } from '../../lib/services/provision.ts';
import { servicesOfCustomer, servicesOfUser, userExists } from '../../lib/services/store.ts';

export const listUserServices = route({
  id: 'listUserServices',
  method: 'GET',
  path: '/v1/customers/{customerId}/users/{userId}/services',
  summary: 'The services that a user has, or had',
  permission: 'customer_services.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), userId: id('user') }),
  reply: { status: 200, body: z.strictObject({ items: z.array(holding) }) },
  refuses: [],
  load: async ({ target, params }) => {
    const [exists, all, own] = await Promise.all([
      userExists(target, params.userId),
      servicesOfCustomer(target),
      servicesOfUser(target, params.userId),
    ]);
    return exists ? { all, own } : undefined;
  },
  decide: ({ scope }, found) => {
    if (!found) refuse(notFound);
    const of = new Map(found.all.map((one) => [one.serviceId, one]));
    const inService = outSince(scope.target.item) === undefined;
    return answer({
      items: found.own.map((one) => viewHolding(one, isHadWithin(one, of.get(one.serviceId)) && inService)),
    });
  },
});
