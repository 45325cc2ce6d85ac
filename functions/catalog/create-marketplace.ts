import * as z from 'zod';
import { createMarketplace as create } from '../../lib/catalog/arrange.ts';
import { marketplace, newMarketplace } from '../../lib/catalog/marketplace.ts';
import {
  attributeUnknown,
  dynamicGroupUnknown,
  itemNotAssigned,
  matchesNobody,
  personUnknown,
  rulesTooLong,
  tooManyMarketplaces,
} from '../../lib/catalog/marketplace-problems.ts';
import { arrangementFor } from '../../lib/catalog/marketplace-store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const createMarketplace = route({
  id: 'createMarketplace',
  method: 'POST',
  path: '/v1/customers/{customerId}/marketplaces',
  summary: 'Create a virtual marketplace: people of a customer × items assigned to it',
  description:
    'People are everyone, or whom any of the lists includes: people by id, derived groups of the company, filters on attributes, dynamic groups by id. Up to 90 items have it at once. Where people’s rows must follow, or more items, the answer is 202 with the `Location` of an operation.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newMarketplace,
  reply: { status: 201, body: marketplace },
  refuses: [
    dynamicGroupUnknown,
    personUnknown,
    rulesTooLong,
    itemNotAssigned,
    attributeUnknown,
    matchesNobody,
    tooManyMarketplaces,
  ],
  load: (input) => arrangementFor(input, input.body, undefined),
  decide: ({ scope, body, newId, now }, found) =>
    create(
      scope,
      { command: body, found },
      { id: newId('marketplace'), operationId: newId('operation'), now },
    ),
});
