import * as z from 'zod';
import { assignment, viewAssignment } from '../../lib/catalog/assignment.ts';
import { assignedItem } from '../../lib/catalog/assignment-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getAssignment = route({
  id: 'getAssignment',
  method: 'GET',
  path: '/v1/customers/{customerId}/catalogue/items/{itemId}',
  summary: 'An item that a customer has',
  permission: 'assignments.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), itemId: id('catalogItem') }),
  reply: { status: 200, body: assignment },
  refuses: [],
  load: ({ target, params, provider, scope }) => {
    const above = provider ?? scope().then((one) => providerOf(one.target));
    return assignedItem(target, params.itemId, above);
  },
  decide: (_, { current, published }) =>
    current ? answer(viewAssignment(current, published), { version: current.version }) : refuse(notFound),
});
