import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { tooManyRequests } from '../../lib/requests/problems.ts';
import { wholePeriod } from '../../lib/requests/store.ts';
import { filters, linesOf, mostInFile, toCsv } from './listing.ts';
import { customerPath, customerTarget } from './moving.ts';

export const exportServiceRequests = route({
  id: 'exportServiceRequests',
  method: 'GET',
  path: '/v1/customers/{customerId}/requests.csv',
  summary: 'Requests of a customer’s people in a period of at most 1,000 as CSV, newest first',
  permission: 'service_requests.read',
  undelegated: true,
  target: customerTarget,
  params: customerPath,
  query: filters,
  reply: { status: 200, body: z.string(), media: 'text/csv' },
  refuses: [tooManyRequests],
  load: ({ target, query, scope }) =>
    wholePeriod({ customerId: target, personId: query.personId }, query, {
      most: mostInFile,
      checked: scope,
    }),
  decide: ({ query, now }, items) =>
    items ? answer(toCsv(linesOf(items, query, now))) : refuse(tooManyRequests),
});
