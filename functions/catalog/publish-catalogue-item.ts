import * as z from 'zod';
import { mustBeTheirs } from '../../lib/catalog/authorship.ts';
import { circleAround } from '../../lib/catalog/item-store.ts';
import {
  itemIncomplete,
  notYourItem,
  partNotPublished,
  tooManyBundles,
  wrongState,
} from '../../lib/catalog/problems.ts';
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
  refuses: [notYourItem, wrongState, itemIncomplete, partNotPublished, tooManyBundles],
  load: ({ home, params }) => circleAround(home, params.itemId),
  decide: ({ scope, now }, found) => {
    if (!found) refuse(notFound);
    mustBeTheirs(scope, found.item);
    return publish(found, { providerId: scope.home.id, by: scope.actor.id, now });
  },
});
