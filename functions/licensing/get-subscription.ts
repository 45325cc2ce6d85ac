import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { subscriptionOf } from '../../lib/licensing/seat-store.ts';
import { subscription, viewSubscription } from '../../lib/licensing/subscription.ts';

export const getSubscription = route({
  id: 'getSubscription',
  method: 'GET',
  path: '/v1/customers/{customerId}/subscriptions/{subscriptionId}',
  summary: 'A licence of a customer',
  permission: 'subscriptions.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), subscriptionId: id('subscription') }),
  reply: { status: 200, body: subscription },
  refuses: [],
  load: ({ target, params }) => subscriptionOf(target, params.subscriptionId),
  decide: ({ now }, found) => {
    const one = found ?? refuse(notFound);
    return answer(viewSubscription(one, now), { version: one.version });
  },
});
