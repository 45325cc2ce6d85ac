import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { licenceKeyListed, viewLicenceKey } from '../../lib/licensing/licence-key.ts';
import { licenceKeyPage } from '../../lib/licensing/product-store.ts';

export const listLicenceKeys = route({
  id: 'listLicenceKeys',
  method: 'GET',
  path: '/v1/licence-keys',
  summary: 'Licence keys that you made, the newest first: their state, never the keys themselves',
  description: 'Those that were taken back are gone; the audit knows of them.',
  permission: 'products.read',
  target: { home: ['PROVIDER'] },
  page: true,
  query: z.strictObject({
    state: licenceKeyListed.shape.state.optional(),
    productId: id('product').optional(),
  }),
  reply: { status: 200, body: pageOf(licenceKeyListed) },
  refuses: [],
  load: ({ home, query, position }) => licenceKeyPage(home, query.limit, position),
  decide: ({ seal, now, query }, { keys, next }) =>
    answer({
      items: keys
        .map((one) => viewLicenceKey(one, now))
        .filter(
          ({ state, productId }) =>
            (query.state ?? state) === state && (query.productId ?? productId) === productId,
        ),
      nextCursor: next && seal(next),
    }),
});
