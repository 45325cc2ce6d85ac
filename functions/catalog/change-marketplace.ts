import * as z from 'zod';
import { changeMarketplace as change } from '../../lib/catalog/arrange.ts';
import { changedMarketplace, marketplace } from '../../lib/catalog/marketplace.ts';
import {
  attributeUnknown,
  dynamicGroupUnknown,
  itemNotAssigned,
  matchesNobody,
  notYours,
  personUnknown,
  rulesTooLong,
  unreadableMarketplace,
} from '../../lib/catalog/marketplace-problems.ts';
import { arrangementFor, marketplaceOf } from '../../lib/catalog/marketplace-store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const changeMarketplace = route({
  id: 'changeMarketplace',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/marketplaces/{marketplaceId}',
  summary: 'Rename a marketplace, or change its people or items',
  description:
    'A list that is sent replaces the whole list. Suppliers and asset managers change only what they created. 202 with the `Location` of an operation where people’s rows, or more than 90 items, must follow.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), marketplaceId: id('marketplace') }),
  body: changedMarketplace,
  ifMatch: true,
  reply: { status: 200, body: marketplace },
  refuses: [
    dynamicGroupUnknown,
    notYours,
    personUnknown,
    rulesTooLong,
    itemNotAssigned,
    attributeUnknown,
    matchesNobody,
    unreadableMarketplace,
  ],
  load: async (input) => {
    const before = await marketplaceOf(input.target, input.params.marketplaceId);
    return before && { before, found: await arrangementFor(input, input.body, before) };
  },
  decide: ({ scope, body, ifMatch, newId, now }, loaded) => {
    const { before, found } = loaded ?? refuse(notFound);
    expectVersion(ifMatch, before.version);
    return change(scope, { before, change: body, found }, { operationId: newId('operation'), now });
  },
});
