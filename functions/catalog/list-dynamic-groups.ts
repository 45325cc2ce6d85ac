import * as z from 'zod';
import { dynamicGroupSummary } from '../../lib/catalog/dynamic-group.ts';
import { dynamicGroupPage } from '../../lib/catalog/group-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';

export const listDynamicGroups = route({
  id: 'listDynamicGroups',
  method: 'GET',
  path: '/v1/customers/{customerId}/dynamic-groups',
  summary: 'A customer’s dynamic groups by name',
  permission: 'marketplaces.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({ q: line(80).optional().describe('The name begins with this') }),
  page: true,
  reply: { status: 200, body: pageOf(dynamicGroupSummary) },
  refuses: [],
  load: ({ target, query, position }) => dynamicGroupPage(target, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map(({ id, name }) => ({ id: String(id), name: String(name) })),
      nextCursor: next === null ? null : seal(next),
    }),
});
