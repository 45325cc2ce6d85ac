import * as z from 'zod';
import { deleteMarketplace as remove } from '../../lib/catalog/arrange.ts';
import { notYours, unreadableMarketplace } from '../../lib/catalog/marketplace-problems.ts';
import { arrangementWithout, marketplaceOf } from '../../lib/catalog/marketplace-store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const deleteMarketplace = route({
  id: 'deleteMarketplace',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/marketplaces/{marketplaceId}',
  summary: 'Delete a marketplace: nobody has anything by it any more',
  description:
    'With more than 90 items some of them follow in the background; `Location` names the operation.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), marketplaceId: id('marketplace') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [notYours, unreadableMarketplace],
  load: async ({ target, params }) => {
    const before = await marketplaceOf(target, params.marketplaceId);
    return before && { before, found: await arrangementWithout(before) };
  },
  decide: ({ scope, ifMatch, newId, now }, loaded) => {
    const { before, found } = loaded ?? refuse(notFound);
    expectVersion(ifMatch, before.version);
    return remove(scope, { before, found }, { operationId: newId('operation'), now });
  },
});
