import * as z from 'zod';
import { groupPage } from '../../lib/endpoints/console-store.ts';
import { groupSummary, summarizeGroup } from '../../lib/endpoints/group.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const listMachineGroups = route({
  id: 'listMachineGroups',
  method: 'GET',
  path: '/v1/customers/{customerId}/machine-groups',
  summary: 'Groups of a customer’s machines',
  description: 'The default group comes first, then the one made first.',
  permission: 'console.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(groupSummary) },
  refuses: [],
  load: ({ target, query, position }) => groupPage(target, query.limit, position),
  decide: ({ seal }, { groups, next }) =>
    answer({ items: groups.map(summarizeGroup), nextCursor: next && seal(next) }),
});
