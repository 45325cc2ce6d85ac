import * as z from 'zod';
import { editItem as edit, tagOf } from '../../lib/catalog/author.ts';
import { mustBeTheirs } from '../../lib/catalog/authorship.ts';
import { changedContent } from '../../lib/catalog/content.ts';
import { itemsOf, standingOf } from '../../lib/catalog/item-store.ts';
import { codeTaken, notForType, notYourItem, partUnknown, wrongState } from '../../lib/catalog/problems.ts';
import { catalogItem } from '../../lib/catalog/view.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const editCatalogueItem = route({
  id: 'editCatalogueItem',
  method: 'PATCH',
  path: '/v1/catalogue/items/{itemId}',
  summary: 'Write the newest revision of an item anew',
  description:
    'A draft is changed in its place; what was rejected becomes a draft again; what was approved or is published stays as it is, and a new draft revision begins. What waits for being published cannot be changed.',
  permission: 'catalogue.author',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  body: changedContent,
  ifMatch: true,
  reply: { status: 200, body: catalogItem },
  refuses: [codeTaken, notYourItem, wrongState, notForType, partUnknown],
  load: async ({ home, params, body }) => {
    const parts = (body.parts ?? []).map(({ itemId }) => itemId);
    const [standing, known] = await Promise.all([standingOf(home, params.itemId), itemsOf(home, parts)]);
    return { standing, known };
  },
  decide: ({ scope, body, ifMatch, now }, { standing, known }) => {
    if (!standing) refuse(notFound);
    mustBeTheirs(scope, standing.item);
    expectVersion(ifMatch, tagOf(standing));
    return edit(standing, body, { known, providerId: scope.home.id, by: scope.actor.id, now });
  },
});
