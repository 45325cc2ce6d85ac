import * as z from 'zod';
import { mustBeTheirs } from '../../lib/catalog/authorship.ts';
import { standingOf } from '../../lib/catalog/item-store.ts';
import { itemIncomplete, notYourItem, wrongState } from '../../lib/catalog/problems.ts';
import { submitItem as submit } from '../../lib/catalog/submission.ts';
import { catalogItem } from '../../lib/catalog/view.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const submitCatalogueItem = route({
  id: 'submitCatalogueItem',
  method: 'POST',
  path: '/v1/catalogue/items/{itemId}/submit',
  summary: 'Hand a draft in for being published: every mandatory detail must be there',
  permission: 'catalogue.author',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  reply: { status: 200, body: catalogItem },
  refuses: [notYourItem, wrongState, itemIncomplete],
  load: ({ home, params }) => standingOf(home, params.itemId),
  decide: ({ scope, now }, found) => {
    if (!found) refuse(notFound);
    mustBeTheirs(scope, found.item);
    return submit(found, { providerId: scope.home.id, by: scope.actor.id, now });
  },
});
