import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { member, toMembership, viewMember } from '../../lib/platform/member.ts';
import { memberPage } from '../../lib/platform/store.ts';

export const listMembers = route({
  id: 'listMembers',
  method: 'GET',
  path: '/v1/providers/{providerId}/members',
  summary: 'Who may sign in at the provider',
  permission: 'members.read',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider') }),
  page: true,
  reply: { status: 200, body: pageOf(member) },
  refuses: [],
  load: ({ target, query, position }) => memberPage(target, query.limit, position),
  decide: ({ scope, seal }, { items, next }) =>
    answer({
      items: items.map((item) => viewMember(toMembership(item, scope.target.id))),
      nextCursor: next && seal(next),
    }),
});
