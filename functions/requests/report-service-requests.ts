import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { requestSummary } from '../../lib/requests/request.ts';
import { requestPage } from '../../lib/requests/store.ts';
import { linesOf, reportFilters } from './listing.ts';

export const reportServiceRequests = route({
  id: 'reportServiceRequests',
  method: 'GET',
  path: '/v1/service-requests',
  summary: 'The service requests report: requests of all customers, newest first',
  description:
    'Filters other than the period pick from a page, which may then hold fewer than `limit`; follow `nextCursor`.',
  permission: 'service_requests.report',
  target: { home: ['PROVIDER'] },
  page: true,
  query: reportFilters,
  reply: { status: 200, body: pageOf(requestSummary) },
  refuses: [],
  load: ({ home, query, position }) => requestPage({ providerId: home }, { ...query, after: position }),
  decide: ({ query, now, seal }, { items, next }) =>
    answer({ items: linesOf(items, query, now), nextCursor: next && seal(next) }),
});
