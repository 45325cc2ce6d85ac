import * as z from 'zod';
import { circleAround } from '../../lib/catalog/item-store.ts';
import { itemIncomplete, partNotPublished, tooManyBundles, wrongState } from '../../lib/catalog/problems.ts';
import { publishItem as publish } from '../../lib/catalog/publish.ts';
import { catalogItem } from '../../lib/catalog/view.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const publishCatalogueItem = route({
  id: 'publishCatalogueItem',
  method: 'POST',
  path: '/v1/catalogue/items/{itemId}/publish',
  summary: 'Publish the newest revision of an item, which approves it',
  permission: 'catalogue.publish',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  dryRun: true,
  reply: { status: 200, body: catalogItem },
  refuses: [wrongState, itemIncomplete, partNotPublished, tooManyBundles],
  load: ({ home, params }) => circleAround(home, params.itemId),
  decide: ({ scope, now }, found) => {
    if (!found) refuse(notFound);
    return publish(found, { providerId: scope.home.id, by: scope.actor.id, now });
  },
});
