import * as z from 'zod';
import { tagOf } from '../../lib/catalog/author.ts';
import { standingOf } from '../../lib/catalog/item-store.ts';
import { catalogItem, viewItem } from '../../lib/catalog/view.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const showCatalogueItem = route({
  id: 'showCatalogueItem',
  method: 'GET',
  path: '/v1/catalogue/items/{itemId}',
  summary: 'An item of your catalogue with its newest revision',
  permission: 'catalogue.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  reply: { status: 200, body: catalogItem },
  refuses: [],
  load: ({ home, params }) => standingOf(home, params.itemId),
  decide: (_, found) => {
    if (!found) refuse(notFound);
    return answer(viewItem(found.item, found.newest, found.pricing), { version: tagOf(found) });
  },
});
