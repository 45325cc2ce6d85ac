import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';
import { productSummary, toProductSummary } from '../../lib/licensing/product.ts';
import { productsByName } from '../../lib/licensing/product-store.ts';

export const listProducts = route({
  id: 'listProducts',
  method: 'GET',
  path: '/v1/products',
  summary: 'Your products by name',
  permission: 'products.read',
  target: { home: ['PROVIDER'] },
  page: true,
  query: z.strictObject({ q: line(64).optional().describe('The name starts with this') }),
  reply: { status: 200, body: pageOf(productSummary) },
  refuses: [],
  load: ({ home, query, position }) => productsByName(home, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(toProductSummary), nextCursor: next && seal(next) }),
});
