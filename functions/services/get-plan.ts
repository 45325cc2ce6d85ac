import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { plan, viewPlan } from '../../lib/services/plan.ts';
import { planOf } from '../../lib/services/store.ts';

export const getPlan = route({
  id: 'getPlan',
  method: 'GET',
  path: '/v1/services/{serviceId}/plans/{planId}',
  summary: 'One plan of a service',
  permission: 'services.read',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ serviceId: id('service'), planId: id('plan') }),
  reply: { status: 200, body: plan },
  refuses: [],
  load: ({ home, params }) => planOf(home, params.serviceId, params.planId),
  decide: (_, found) =>
    found ? answer(viewPlan(found, { cost: true }), { version: found.version }) : refuse(notFound),
});
