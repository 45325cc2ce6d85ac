import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { tooManyRequests } from '../../lib/requests/problems.ts';
import { wholePeriod } from '../../lib/requests/store.ts';
import { linesOf, mostInFile, reportFilters, toCsv } from './listing.ts';

export const exportRequestReport = route({
  id: 'exportRequestReport',
  method: 'GET',
  path: '/v1/service-requests.csv',
  summary: 'The service requests report of a period of at most 1,000 requests as CSV, newest first',
  permission: 'service_requests.report',
  target: { home: ['PROVIDER'] },
  query: reportFilters,
  reply: { status: 200, body: z.string(), media: 'text/csv' },
  refuses: [tooManyRequests],
  load: ({ home, query, scope }) =>
    wholePeriod({ providerId: home }, query, { most: mostInFile, checked: scope }),
  decide: ({ query, now }, items) =>
    items ? answer(toCsv(linesOf(items, query, now))) : refuse(tooManyRequests),
});
