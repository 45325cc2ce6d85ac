import * as z from 'zod';
import { gatheredGroup, newDynamicGroup } from '../../lib/catalog/dynamic-group.ts';
import { tooManyGroups } from '../../lib/catalog/dynamic-group-problems.ts';
import { createDynamicGroup as create } from '../../lib/catalog/gather.ts';
import { gatheringFor } from '../../lib/catalog/gather-store.ts';
import { attributeUnknown, matchesNobody, rulesTooLong } from '../../lib/catalog/marketplace-problems.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const createDynamicGroup = route({
  id: 'createDynamicGroup',
  method: 'POST',
  path: '/v1/customers/{customerId}/dynamic-groups',
  summary: 'Create a dynamic group: a name for whoever passes one of its filters',
  description:
    'Marketplaces name it by its id. `dryRun=true` tells how many people are in it now, and the first of them.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  body: newDynamicGroup,
  dryRun: true,
  reply: { status: 201, body: gatheredGroup },
  refuses: [rulesTooLong, attributeUnknown, matchesNobody, tooManyGroups],
  load: (input) => gatheringFor(input, input.body),
  decide: ({ scope, body, newId, now }, found) =>
    create(scope, { command: body, found }, { id: newId('dynamicGroup'), now }),
});
