import * as z from 'zod';
import { itemType } from '../../lib/catalog/content.ts';
import { state } from '../../lib/catalog/item.ts';
import { searchItems } from '../../lib/catalog/item-store.ts';
import { catalogSummary, summarize } from '../../lib/catalog/view.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';

export const listCatalogueItems = route({
  id: 'listCatalogueItems',
  method: 'GET',
  path: '/v1/catalogue/items',
  summary: 'Your catalogue by name',
  description:
    'One of the filters is looked up, the others are applied to what it finds: a page may be short and still have a `nextCursor`. With `state=PUBLISHED` items are found that have a published revision, by its name and category, also while a newer one is being drafted.',
  permission: 'catalogue.read',
  target: { home: ['PROVIDER'] },
  page: true,
  query: z.strictObject({
    q: line(80).optional().describe('The name starts with this'),
    category: line(60).optional(),
    state: state.optional(),
    kind: itemType.optional(),
  }),
  reply: { status: 200, body: pageOf(catalogSummary) },
  refuses: [],
  load: ({ home, query, position }) => searchItems(home, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map(summarize), nextCursor: next && seal(next) }),
});
