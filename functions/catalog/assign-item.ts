import * as z from 'zod';
import { assign, assignment } from '../../lib/catalog/assignment.ts';
import { besideCustomer, handingOf } from '../../lib/catalog/assignment-store.ts';
import { notAvailable } from '../../lib/catalog/problems.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const assignItem = route({
  id: 'assignItem',
  method: 'PUT',
  path: '/v1/customers/{customerId}/catalogue/items/{itemId}',
  summary: 'Give a customer an item: what the provider publishes, or what its reseller was given',
  description:
    'It is the ceiling for everything below: only what a customer has can stand in its marketplaces.',
  permission: 'assignments.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer'), itemId: id('catalogItem') }),
  dryRun: true,
  reply: { status: 201, body: assignment },
  refuses: [notAvailable],
  alongside: besideCustomer,
  load: ({ params, ...input }) => handingOf(input, params.itemId),
  decide: ({ scope, now }, handing) => assign(scope.target, handing, now),
});
