import * as z from 'zod';
import { changedDynamicGroup, gatheredGroup } from '../../lib/catalog/dynamic-group.ts';
import { groupNotYours, unreadableGroup } from '../../lib/catalog/dynamic-group-problems.ts';
import { changeDynamicGroup as change } from '../../lib/catalog/gather.ts';
import { regatheringFor } from '../../lib/catalog/gather-store.ts';
import { attributeUnknown, matchesNobody, rulesTooLong } from '../../lib/catalog/marketplace-problems.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const changeDynamicGroup = route({
  id: 'changeDynamicGroup',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/dynamic-groups/{groupId}',
  summary: 'Rename a dynamic group, or change its filters',
  description:
    'Filters that are sent replace all of them. Where a marketplace names the group, the answer is 202 with the `Location` of the operation that brings new filters to everybody. `dryRun=true` tells how many people would be in it, and the first of them. Suppliers and asset managers change only what they created.',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), groupId: id('dynamicGroup') }),
  body: changedDynamicGroup,
  ifMatch: true,
  dryRun: true,
  reply: { status: 200, body: gatheredGroup },
  refuses: [rulesTooLong, groupNotYours, unreadableGroup, attributeUnknown, matchesNobody],
  load: (input) => regatheringFor(input, input.params.groupId, input.body),
  decide: ({ scope, body, ifMatch, newId, now }, loaded) => {
    const { before, found } = loaded ?? refuse(notFound);
    expectVersion(ifMatch, before.version);
    return change(scope, { before, change: body, found }, { operationId: newId('operation'), now });
  },
});
