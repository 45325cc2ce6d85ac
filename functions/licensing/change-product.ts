import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { changeProduct as change, changedProduct, product } from '../../lib/licensing/product.ts';
import { productOf } from '../../lib/licensing/product-store.ts';

export const changeProduct = route({
  id: 'changeProduct',
  method: 'PATCH',
  path: '/v1/products/{productId}',
  summary: 'Change a product, or retire it',
  description: 'What is offered changes; licences that customers have keep their seats and days.',
  permission: 'products.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ productId: id('product') }),
  body: changedProduct,
  ifMatch: true,
  reply: { status: 200, body: product },
  refuses: [],
  load: ({ home, params }) => productOf(home, params.productId),
  decide: ({ scope, body, ifMatch }, found) => {
    const before = found ?? refuse(notFound);
    expectVersion(ifMatch, before.version);
    return change(scope.home.id, before, body);
  },
});
