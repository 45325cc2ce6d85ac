import * as z from 'zod';
import { assignmentSummary, summarizeAssignment } from '../../lib/catalog/assignment.ts';
import { assignedByName } from '../../lib/catalog/assignment-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';

export const listAssignments = route({
  id: 'listAssignments',
  method: 'GET',
  path: '/v1/customers/{customerId}/catalogue/items',
  summary: 'What a customer has of the catalogue, by name',
  permission: 'assignments.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  query: z.strictObject({
    q: line(80)
      .optional()
      .describe('The name, as it was published when the customer was given the item, starts with this'),
  }),
  reply: { status: 200, body: pageOf(assignmentSummary) },
  refuses: [],
  load: ({ target, query, position }) => assignedByName(target, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(summarizeAssignment), nextCursor: next && seal(next) }),
});
