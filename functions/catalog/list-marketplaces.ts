import * as z from 'zod';
import { marketplaceSummary } from '../../lib/catalog/marketplace.ts';
import { marketplacePage } from '../../lib/catalog/marketplace-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';

export const listMarketplaces = route({
  id: 'listMarketplaces',
  method: 'GET',
  path: '/v1/customers/{customerId}/marketplaces',
  summary: 'A customer’s marketplaces by name',
  permission: 'marketplaces.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  query: z.strictObject({ q: line(80).optional().describe('The name begins with this') }),
  page: true,
  reply: { status: 200, body: pageOf(marketplaceSummary) },
  refuses: [],
  load: ({ target, query, position }) => marketplacePage(target, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map(({ id, name }) => ({ id: String(id), name: String(name) })),
      nextCursor: next === null ? null : seal(next),
    }),
});
