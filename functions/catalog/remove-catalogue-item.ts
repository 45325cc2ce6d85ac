import * as z from 'zod';
import { tagOf } from '../../lib/catalog/author.ts';
import { mustBeTheirs } from '../../lib/catalog/authorship.ts';
import { standingOf } from '../../lib/catalog/item-store.ts';
import { notYourItem, wasPublished } from '../../lib/catalog/problems.ts';
import { removeItem as remove } from '../../lib/catalog/submission.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const removeCatalogueItem = route({
  id: 'removeCatalogueItem',
  method: 'DELETE',
  path: '/v1/catalogue/items/{itemId}',
  summary: 'Remove an item that was never published',
  permission: 'catalogue.author',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [notYourItem, wasPublished],
  load: ({ home, params }) => standingOf(home, params.itemId),
  decide: ({ scope, ifMatch, now }, standing) => {
    if (!standing) refuse(notFound);
    mustBeTheirs(scope, standing.item);
    expectVersion(ifMatch, tagOf(standing));
    return remove(standing, { providerId: scope.home.id, by: scope.actor.id, now });
  },
});
