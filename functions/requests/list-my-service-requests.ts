import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { requestSummary } from '../../lib/requests/request.ts';
import { requestPage } from '../../lib/requests/store.ts';
import { linesOf, ownFilters } from './listing.ts';
import { ownHome } from './moving.ts';

export const listMyServiceRequests = route({
  id: 'listMyServiceRequests',
  method: 'GET',
  path: '/v1/requests',
  summary: 'Your requests, newest first',
  description: 'With `state` or `itemId` a page may hold fewer than `limit`; follow `nextCursor`.',
  permission: 'end-user',
  target: ownHome,
  page: true,
  query: ownFilters,
  reply: { status: 200, body: pageOf(requestSummary) },
  refuses: [],
  load: ({ home, person, query, position }) =>
    requestPage({ customerId: home, personId: person }, { ...query, after: position }),
  decide: ({ query, now, seal }, { items, next }) =>
    answer({ items: linesOf(items, query, now), nextCursor: next && seal(next) }),
});
