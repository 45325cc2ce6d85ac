import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { member, viewMember } from '../../lib/platform/member.ts';
import { memberOf } from '../../lib/platform/store.ts';

export const getMember = route({
  id: 'getMember',
  method: 'GET',
  path: '/v1/providers/{providerId}/members/{personId}',
  summary: 'One member of the provider',
  permission: 'members.read',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider'), personId: id('person') }),
  reply: { status: 200, body: member },
  refuses: [],
  load: ({ target, params }) => memberOf(target, params.personId),
  decide: (_, found) => (found ? answer(viewMember(found), { version: found.version }) : refuse(notFound)),
});
