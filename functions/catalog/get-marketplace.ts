import * as z from 'zod';
import { marketplace, viewMarketplace } from '../../lib/catalog/marketplace.ts';
import { unreadableMarketplace } from '../../lib/catalog/marketplace-problems.ts';
import { marketplaceOf } from '../../lib/catalog/marketplace-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getMarketplace = route({
  id: 'getMarketplace',
  method: 'GET',
  path: '/v1/customers/{customerId}/marketplaces/{marketplaceId}',
  summary: 'A marketplace: its people and its items',
  permission: 'marketplaces.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), marketplaceId: id('marketplace') }),
  reply: { status: 200, body: marketplace },
  refuses: [unreadableMarketplace],
  load: ({ target, params }) => marketplaceOf(target, params.marketplaceId),
  decide: (_, found) => {
    const one = found ?? refuse(notFound);
    return answer(viewMarketplace(one), { version: one.version });
  },
});
