import * as z from 'zod';
import { offered, shopItemInFull, viewInFull } from '../../lib/catalog/shop.ts';
import { shopItemOf, toHolder } from '../../lib/catalog/shop-store.ts';
import { outSince } from '../../lib/kit/in-service.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getCatalogueItem = route({
  id: 'getCatalogueItem',
  method: 'GET',
  path: '/v1/catalogue/{itemId}',
  summary: 'One item that you may order, with the form to fill in',
  description: 'What is not given to you answers as what does not exist.',
  permission: 'end-user',
  target: { home: customerTypes },
  params: z.strictObject({ itemId: id('catalogItem') }),
  reply: { status: 200, body: shopItemInFull },
  refuses: [],
  load: async ({ home, provider, params, scope }) =>
    shopItemOf({ customerId: home, providerId: provider ?? providerOf((await scope()).home) }, params.itemId),
  decide: ({ scope }, { shelf, item, ...at }) => {
    if (outSince(scope.home.item) !== undefined) refuse(notFound);
    const one = offered(toHolder(scope.caller), shelf, { item, owned: at.owned }) ?? refuse(notFound);
    return answer(viewInFull(one, at));
  },
});
