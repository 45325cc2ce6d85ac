import * as z from 'zod';
import { mustBeTheirs } from '../../lib/catalog/authorship.ts';
import { standingOf } from '../../lib/catalog/item-store.ts';
import { notYourItem, wrongState } from '../../lib/catalog/problems.ts';
import { rejectItem as reject } from '../../lib/catalog/publish.ts';
import { catalogItem } from '../../lib/catalog/view.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id, paragraph } from '../../lib/kit/text.ts';

export const rejectCatalogueItem = route({
  id: 'rejectCatalogueItem',
  method: 'POST',
  path: '/v1/catalogue/items/{itemId}/reject',
  summary: 'Send a submitted revision back to its author, with the reason',
  permission: 'catalogue.publish',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ itemId: id('catalogItem') }),
  body: z.strictObject({ reason: paragraph(500) }),
  reply: { status: 200, body: catalogItem },
  refuses: [notYourItem, wrongState],
  load: ({ home, params }) => standingOf(home, params.itemId),
  decide: ({ scope, body, now }, found) => {
    if (!found) refuse(notFound);
    mustBeTheirs(scope, found.item);
    return reject(found, body.reason, { providerId: scope.home.id, by: scope.actor.id, now });
  },
});
