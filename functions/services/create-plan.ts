import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { addPlan, newPlan, plan } from '../../lib/services/plan.ts';
import { noUserPlans } from '../../lib/services/problems.ts';
import { serviceOf } from '../../lib/services/store.ts';

export const createPlan = route({
  id: 'createPlan',
  method: 'POST',
  path: '/v1/services/{serviceId}/plans',
  summary: 'Add a plan with its prices',
  permission: 'services.manage',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ serviceId: id('service') }),
  body: newPlan,
  reply: { status: 201, body: plan },
  refuses: [noUserPlans],
  load: ({ home, params }) => serviceOf(home, params.serviceId),
  decide: ({ scope, body, newId, now }, found) =>
    found ? addPlan(found, body, { id: newId('plan'), providerId: scope.home.id, now }) : refuse(notFound),
});
