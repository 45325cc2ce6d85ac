import * as z from 'zod';
import { groupInUse, groupNotYours, unreadableGroup } from '../../lib/catalog/dynamic-group-problems.ts';
import { deleteDynamicGroup as remove } from '../../lib/catalog/gather.ts';
import { groupInUseBy } from '../../lib/catalog/gather-store.ts';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const deleteDynamicGroup = route({
  id: 'deleteDynamicGroup',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/dynamic-groups/{groupId}',
  summary: 'Delete a dynamic group that no marketplace names',
  permission: 'marketplaces.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), groupId: id('dynamicGroup') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [groupNotYours, groupInUse, unreadableGroup],
  load: ({ target, params }) => groupInUseBy(target, params.groupId),
  decide: ({ scope, ifMatch }, { before, ...found }) => {
    const one = before ?? refuse(notFound);
    expectVersion(ifMatch, one.version);
    return remove(scope, { before: one, ...found });
  },
});
