import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { removeMember as remove } from '../../lib/platform/member.ts';
import { lastAdministrator, notYourself } from '../../lib/platform/problems.ts';
import { membersOf } from '../../lib/platform/store.ts';

export const removeMember = route({
  id: 'removeMember',
  method: 'DELETE',
  path: '/v1/providers/{providerId}/members/{personId}',
  summary: 'Take all roles of a person: out at the next request',
  permission: 'members.manage',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider'), personId: id('person') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [notYourself, lastAdministrator],
  load: ({ target }) => membersOf(target, true),
  decide: ({ scope, params, ifMatch }, members) => {
    const current = members.find((one) => one.personId === params.personId) ?? refuse(notFound);
    expectVersion(ifMatch, current.version);
    return remove({ current, others: members.filter((one) => one !== current), actorId: scope.actor.id });
  },
});
