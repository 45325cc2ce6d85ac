import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { seenSince } from '../../lib/probes/overview-store.ts';
import { recommend, recommendedAllocation, windowFrom } from '../../lib/probes/recommendation.ts';

export const getRecommendedAllocation = route({
  id: 'getRecommendedAllocation',
  method: 'GET',
  path: '/v1/customers/{customerId}/recommended-allocation',
  summary: 'What a customer should be allocated by what its probes have counted in 30 days',
  permission: 'licences.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: recommendedAllocation },
  refuses: [],
  load: ({ target, now }) => seenSince(target, windowFrom(now)),
  decide: ({ now }, seen) => answer(recommend(seen, now)),
});
