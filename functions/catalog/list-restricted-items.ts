import * as z from 'zod';
import { restrictedItem } from '../../lib/catalog/view-switch.ts';
import { shelfPage } from '../../lib/catalog/work-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const listRestrictedItems = route({
  id: 'listRestrictedItems',
  method: 'GET',
  path: '/v1/customers/{customerId}/restricted-items',
  summary: 'What full view does not open at a customer',
  description:
    'A page looks at `limit` assigned items: it may hold fewer, even none, and still have a next one.',
  permission: 'assignments.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(restrictedItem) },
  refuses: [],
  load: ({ target, query, position }) => shelfPage(target, query.limit, position),
  decide: ({ seal }, { shelves, next }) =>
    answer({
      items: shelves.filter((one) => one.restricted === 1).map(({ id, type, name }) => ({ id, type, name })),
      nextCursor: next === null ? null : seal(next),
    }),
});
