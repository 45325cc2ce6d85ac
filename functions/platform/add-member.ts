import * as z from 'zod';
import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { addMember as add, member, newMember } from '../../lib/platform/member.ts';

export const addMember = route({
  id: 'addMember',
  method: 'POST',
  path: '/v1/providers/{providerId}/members',
  summary: 'Let a person sign in at the provider with roles',
  permission: 'members.manage',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider') }),
  body: newMember,
  reply: { status: 201, body: member },
  refuses: [addressInUse],
  decide: ({ scope, body, newId, now }) => add(scope.target, body, { id: newId('person'), now }),
});
