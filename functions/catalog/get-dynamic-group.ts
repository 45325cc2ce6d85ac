import * as z from 'zod';
import { dynamicGroup, viewDynamicGroup } from '../../lib/catalog/dynamic-group.ts';
import { unreadableGroup } from '../../lib/catalog/dynamic-group-problems.ts';
import { dynamicGroupOf } from '../../lib/catalog/group-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getDynamicGroup = route({
  id: 'getDynamicGroup',
  method: 'GET',
  path: '/v1/customers/{customerId}/dynamic-groups/{groupId}',
  summary: 'A dynamic group: its filters, and how many marketplaces name it',
  permission: 'marketplaces.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), groupId: id('dynamicGroup') }),
  reply: { status: 200, body: dynamicGroup },
  refuses: [unreadableGroup],
  load: ({ target, params }) => dynamicGroupOf(target, params.groupId),
  decide: (_, found) => {
    const one = found ?? refuse(notFound);
    return answer(viewDynamicGroup(one), { version: one.version });
  },
});
