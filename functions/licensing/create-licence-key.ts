import { secret } from '../../lib/aws/world.ts';
import { route } from '../../lib/kit/route.ts';
import { licenceKeyShown, makeKey, newLicenceKey } from '../../lib/licensing/licence-key.ts';
import { productRetired, productUnknown } from '../../lib/licensing/problems.ts';
import { productOf } from '../../lib/licensing/product-store.ts';
import { mustBeGiven } from '../../lib/licensing/subscribe.ts';

export const createLicenceKey = route({
  id: 'createLicenceKey',
  method: 'POST',
  path: '/v1/licence-keys',
  summary: 'Make a licence key of a product',
  description:
    'Whoever manages a customer redeems it once for a SUBSCRIPTION, or to renew one. Shown once: only its hash is kept, and the same request sent again is answered without it.',
  permission: 'products.manage',
  target: { home: ['PROVIDER'] },
  body: newLicenceKey,
  reply: { status: 201, body: licenceKeyShown },
  refuses: [productUnknown, productRetired],
  load: async ({ home, body }) => ({ found: await productOf(home, body.productId), random: secret(32) }),
  decide: ({ scope, body, newId, now }, { found, random }) => {
    const made = { providerId: scope.home.id, id: newId('licenceKey'), now, secret: random };
    return makeKey(body, mustBeGiven(found, '#/productId'), made);
  },
});
