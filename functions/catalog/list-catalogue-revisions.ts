import * as z from 'zod';
import { revisionPage } from '../../lib/catalog/item-store.ts';
import { catalogRevision, viewRevision } from '../../lib/catalog/view.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const listCatalogueRevisions = route({
  id: 'listCatalogueRevisions',
  method: 'GET',
  path: '/v1/catalogue/items/{itemId}/revisions',
  summary: 'All revisions of an item, newest first',
  permission: 'catalogue.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  page: true,
  reply: { status: 200, body: pageOf(catalogRevision) },
  refuses: [],
  load: ({ home, params, query, position }) =>
    revisionPage(home, params.itemId, { limit: query.limit, after: position }),
  decide: ({ seal }, { item, pricing, revisions, next }) => {
    const found = item ?? refuse(notFound);
    return answer({
      items: revisions.map((one) => viewRevision(found, one, pricing)),
      nextCursor: next && seal(next),
    });
  },
});
