import * as z from 'zod';
import { policiesByName } from '../../lib/endpoints/console-store.ts';
import { policySummary, summarizePolicy } from '../../lib/endpoints/policy.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';

export const listPolicies = route({
  id: 'listPolicies',
  method: 'GET',
  path: '/v1/customers/{customerId}/policies',
  summary: 'Policies of a customer by name',
  permission: 'console.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  query: z.strictObject({ q: line(64).optional().describe('The name starts with this') }),
  reply: { status: 200, body: pageOf(policySummary) },
  refuses: [],
  load: ({ target, query, position }) => policiesByName(target, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(summarizePolicy), nextCursor: next && seal(next) }),
});
