import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { plan, toPlan, viewPlan } from '../../lib/services/plan.ts';
import { planPage, readableService } from '../../lib/services/store.ts';

export const listPlans = route({
  id: 'listPlans',
  method: 'GET',
  path: '/v1/services/{serviceId}/plans',
  summary: 'The plans of a service, oldest first',
  permission: 'services.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  params: z.strictObject({ serviceId: id('service') }),
  page: true,
  reply: { status: 200, body: pageOf(plan) },
  refuses: [],
  load: async ({ home, params, query, position, scope }) => {
    const providerId = home.startsWith('prv_') ? home : providerOf((await scope()).home);
    const [found, plans] = await Promise.all([
      readableService(home, params.serviceId, scope),
      planPage(providerId, params.serviceId, { limit: query.limit, after: position }),
    ]);
    return found && plans;
  },
  decide: ({ scope, seal }, found) => {
    if (!found) refuse(notFound);
    const sees = { cost: scope.home.type === 'PROVIDER' };
    return answer({
      items: found.items.map((item) => viewPlan(toPlan(item), sees)),
      nextCursor: found.next && seal(found.next),
    });
  },
});
