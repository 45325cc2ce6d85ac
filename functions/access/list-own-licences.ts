import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { subscriptionPage } from '../../lib/licensing/seat-store.ts';
import { subscription, toSubscription, viewSubscription } from '../../lib/licensing/subscription.ts';

export const listOwnLicences = route({
  id: 'listOwnLicences',
  method: 'GET',
  path: '/v1/subscriptions',
  summary: 'Your own licences of products, the oldest first; ended and removed ones too',
  permission: 'own_licences.manage',
  target: { home: customerTypes },
  page: true,
  reply: { status: 200, body: pageOf(subscription) },
  refuses: [],
  load: ({ home, query, position }) => subscriptionPage(home, query.limit, position),
  decide: ({ seal, now }, { items, next }) =>
    answer({
      items: items.map((item) => viewSubscription(toSubscription(item), now)),
      nextCursor: next && seal(next),
    }),
});
