import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { itemState, itemSummary, viewRow } from '../../lib/licensing/item.ts';
import { resourceType } from '../../lib/licensing/resource.ts';
import { itemPage } from '../../lib/licensing/store.ts';

export const listItems = route({
  id: 'listItems',
  method: 'GET',
  path: '/v1/customers/{customerId}/items',
  summary: 'A customer’s monitored items',
  description:
    'By id: those added by people oldest first. With `type`, by state and then by the time the state began. With `probeId`, what that probe reports. With `state` alone, or with `probeId` and another filter, a page may hold fewer items than `limit`, even none: go on until `nextCursor` is null.',
  permission: 'items.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({
    state: itemState.optional(),
    type: resourceType.optional(),
    probeId: id('probe').optional(),
  }),
  page: true,
  reply: { status: 200, body: pageOf(itemSummary) },
  refuses: [],
  load: ({ target, query, position }) => itemPage(target, query, { limit: query.limit, after: position }),
  decide: ({ query, seal }, { items, next }) =>
    answer({
      items: items
        .map(viewRow)
        .filter(({ state }) => !query.state || state === query.state)
        .filter(({ type }) => !query.type || type === query.type),
      nextCursor: next && seal(next),
    }),
});
