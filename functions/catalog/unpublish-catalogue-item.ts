import * as z from 'zod';
import { mustBeTheirs } from '../../lib/catalog/authorship.ts';
import { circleAround } from '../../lib/catalog/item-store.ts';
import { notPublished, notYourItem, partOfBundle } from '../../lib/catalog/problems.ts';
import { unpublishItem as unpublish } from '../../lib/catalog/publish.ts';
import { catalogItem } from '../../lib/catalog/view.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const unpublishCatalogueItem = route({
  id: 'unpublishCatalogueItem',
  method: 'POST',
  path: '/v1/catalogue/items/{itemId}/unpublish',
  summary: 'Take an item from sale; those it was given to keep it and cannot order it',
  permission: 'catalogue.publish',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  dryRun: true,
  reply: { status: 200, body: catalogItem },
  refuses: [notYourItem, notPublished, partOfBundle],
  load: ({ home, params }) => circleAround(home, params.itemId),
  decide: ({ scope, now }, found) => {
    if (!found) refuse(notFound);
    mustBeTheirs(scope, found.item);
    return unpublish(found, { providerId: scope.home.id, by: scope.actor.id, now });
  },
});
