import { createItem as create } from '../../lib/catalog/author.ts';
import { makesAsSupplier } from '../../lib/catalog/authorship.ts';
import { newContent } from '../../lib/catalog/content.ts';
import { itemsOf, pricingFor } from '../../lib/catalog/item-store.ts';
import { codeTaken, notForType, partUnknown } from '../../lib/catalog/problems.ts';
import { catalogItem } from '../../lib/catalog/view.ts';
import { route } from '../../lib/kit/route.ts';

export const createCatalogueItem = route({
  id: 'createCatalogueItem',
  method: 'POST',
  path: '/v1/catalogue/items',
  summary: 'Draft a service, bundle or banner',
  description:
    'Free unless it has a price, in credits or in minor units of the currency, as the provider prices. A bundle costs the sum of its parts.',
  permission: 'catalogue.author',
  target: { home: ['PROVIDER'] },
  body: newContent,
  reply: { status: 201, body: catalogItem },
  refuses: [codeTaken, notForType, partUnknown],
  load: async ({ home, body }) => {
    const parts = (body.parts ?? []).map(({ itemId }) => itemId);
    const [pricing, known] = await Promise.all([pricingFor(home), itemsOf(home, parts)]);
    return { pricing, known };
  },
  decide: ({ scope, body, newId, now }, loaded) =>
    create(body, {
      ...loaded,
      id: newId('catalogItem'),
      providerId: scope.home.id,
      by: scope.actor.id,
      supplied: makesAsSupplier(scope.roles),
      now,
    }),
});
