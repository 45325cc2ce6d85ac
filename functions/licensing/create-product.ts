import { route } from '../../lib/kit/route.ts';
import { productCodeTaken, tooManyProducts } from '../../lib/licensing/problems.ts';
import { addProduct, newProduct, product } from '../../lib/licensing/product.ts';
import { productCountOf } from '../../lib/licensing/product-store.ts';

export const createProduct = route({
  id: 'createProduct',
  method: 'POST',
  path: '/v1/products',
  summary: 'Add a product that your customers hold licences of',
  permission: 'products.manage',
  target: { home: ['PROVIDER'] },
  body: newProduct,
  reply: { status: 201, body: product },
  refuses: [productCodeTaken, tooManyProducts],
  load: ({ home }) => productCountOf(home),
  decide: ({ scope, body, newId, now }, count) =>
    addProduct(body, { providerId: scope.home.id, count }, { id: newId('product'), now }),
});
