import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { subscriptionPage } from '../../lib/licensing/seat-store.ts';
import { subscription, toSubscription, viewSubscription } from '../../lib/licensing/subscription.ts';

export const listSubscriptions = route({
  id: 'listSubscriptions',
  method: 'GET',
  path: '/v1/customers/{customerId}/subscriptions',
  summary: 'A customer’s licences of products, the oldest first; ended and removed ones too',
  permission: 'subscriptions.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(subscription) },
  refuses: [],
  load: ({ target, query, position }) => subscriptionPage(target, query.limit, position),
  decide: ({ seal, now }, { items, next }) =>
    answer({
      items: items.map((item) => viewSubscription(toSubscription(item), now)),
      nextCursor: next && seal(next),
    }),
});
