import * as z from 'zod';
import { unassign } from '../../lib/catalog/assignment.ts';
import { assignmentAndHoldings } from '../../lib/catalog/assignment-store.ts';
import { heldBelow, movingIn } from '../../lib/catalog/problems.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const unassignItem = route({
  id: 'unassignItem',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/catalogue/items/{itemId}',
  summary: 'Take an item from a customer: closed at once, in its marketplaces and to its people',
  permission: 'assignments.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer'), itemId: id('catalogItem') }),
  dryRun: true,
  ifMatch: true,
  reply: { status: 204 },
  refuses: [heldBelow, movingIn],
  load: ({ target, params }) => assignmentAndHoldings(target, params.itemId),
  decide: ({ scope, ifMatch }, { current, holdings }) => {
    if (!current) refuse(notFound);
    expectVersion(ifMatch, current.version);
    return unassign(scope.target.id, current, holdings);
  },
});
