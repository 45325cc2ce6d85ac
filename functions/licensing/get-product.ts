import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { product, viewProduct } from '../../lib/licensing/product.ts';
import { productOf } from '../../lib/licensing/product-store.ts';

export const getProduct = route({
  id: 'getProduct',
  method: 'GET',
  path: '/v1/products/{productId}',
  summary: 'A product',
  permission: 'products.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ productId: id('product') }),
  reply: { status: 200, body: product },
  refuses: [],
  load: ({ home, params }) => productOf(home, params.productId),
  decide: (_, found) => {
    const one = found ?? refuse(notFound);
    return answer(viewProduct(one), { version: one.version });
  },
});
