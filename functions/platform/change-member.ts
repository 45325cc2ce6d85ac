import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { changedMember, changeRoles, member } from '../../lib/platform/member.ts';
import { lastAdministrator, notYourself } from '../../lib/platform/problems.ts';
import { membersOf } from '../../lib/platform/store.ts';

export const changeMember = route({
  id: 'changeMember',
  method: 'PATCH',
  path: '/v1/providers/{providerId}/members/{personId}',
  summary: 'Give a member other roles',
  permission: 'members.manage',
  target: { param: 'providerId', types: ['PROVIDER'] },
  params: z.strictObject({ providerId: id('provider'), personId: id('person') }),
  body: changedMember,
  ifMatch: true,
  reply: { status: 200, body: member },
  refuses: [notYourself, lastAdministrator],
  load: ({ target }) => membersOf(target, true),
  decide: ({ scope, params, body, ifMatch }, members) => {
    const current = members.find((one) => one.personId === params.personId) ?? refuse(notFound);
    expectVersion(ifMatch, current.version);
    return changeRoles(
      { current, others: members.filter((one) => one !== current), actorId: scope.actor.id },
      body,
    );
  },
});
