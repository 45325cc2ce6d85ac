import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { requestSummary } from '../../lib/requests/request.ts';
import { requestPage } from '../../lib/requests/store.ts';
import { filters, linesOf } from './listing.ts';
import { customerPath, customerTarget } from './moving.ts';

export const listServiceRequests = route({
  id: 'listServiceRequests',
  method: 'GET',
  path: '/v1/customers/{customerId}/requests',
  summary: 'Requests of a customer’s people, newest first',
  description: 'With `state` or `itemId` a page may hold fewer than `limit`; follow `nextCursor`.',
  permission: 'service_requests.read',
  target: customerTarget,
  params: customerPath,
  page: true,
  query: filters,
  reply: { status: 200, body: pageOf(requestSummary) },
  refuses: [],
  load: ({ target, query, position }) =>
    requestPage({ customerId: target, personId: query.personId }, { ...query, after: position }),
  decide: ({ query, now, seal }, { items, next }) =>
    answer({ items: linesOf(items, query, now), nextCursor: next && seal(next) }),
});
