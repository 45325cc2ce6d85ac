import * as z from 'zod';
import { groupMember } from '../../lib/catalog/dynamic-group.ts';
import { unreadableGroup } from '../../lib/catalog/dynamic-group-problems.ts';
import { membersPage } from '../../lib/catalog/gather-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const listDynamicGroupMembers = route({
  id: 'listDynamicGroupMembers',
  method: 'GET',
  path: '/v1/customers/{customerId}/dynamic-groups/{groupId}/members',
  summary: 'Who is in a dynamic group now: people of the company, then users',
  description:
    'A page looks at up to 200 people, so that it may hold fewer than `limit` of the group, even none, and still have a `nextCursor`.',
  permission: 'entitlements.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), groupId: id('dynamicGroup') }),
  page: true,
  reply: { status: 200, body: pageOf(groupMember) },
  refuses: [unreadableGroup],
  load: (input) => membersPage(input, input.params.groupId),
  decide: ({ seal }, { group, members, next }) => {
    if (!group) refuse(notFound);
    return answer({ items: [...members], nextCursor: next === null ? null : seal(next) });
  },
});
