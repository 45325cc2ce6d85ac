import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { changePlan as change, changedPlan, plan } from '../../lib/services/plan.ts';
import { planOf } from '../../lib/services/store.ts';

export const changePlan = route({
  id: 'changePlan',
  method: 'PATCH',
  path: '/v1/services/{serviceId}/plans/{planId}',
  summary: 'Change a plan; new prices count from now on',
  permission: 'services.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ serviceId: id('service'), planId: id('plan') }),
  body: changedPlan,
  ifMatch: true,
  reply: { status: 200, body: plan },
  refuses: [],
  load: ({ home, params }) => planOf(home, params.serviceId, params.planId),
  decide: ({ scope, body, ifMatch, now }, found) => {
    if (!found) refuse(notFound);
    expectVersion(ifMatch, found.version);
    return change(found, body, { providerId: scope.home.id, now });
  },
});
