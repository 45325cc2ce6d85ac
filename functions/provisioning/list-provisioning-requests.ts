import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { requestStatus, requestSummary, summarize, toRequest } from '../../lib/provisioning/request.ts';
import { requestPage } from '../../lib/provisioning/store.ts';

export const listProvisioningRequests = route({
  id: 'listProvisioningRequests',
  method: 'GET',
  path: '/v1/customers/{customerId}/provisioning-requests',
  summary: 'What the engine was asked to do for a customer and its users, newest first',
  description:
    'With `status` a page may be short, or empty, though more follows: go on while `nextCursor` is set. Requests are kept for 90 days after their end.',
  permission: 'provisioning.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  query: z.strictObject({ status: requestStatus.optional() }),
  reply: { status: 200, body: pageOf(requestSummary) },
  refuses: [],
  load: ({ target, query, position }) => requestPage(target, query.limit, position),
  decide: ({ query, seal }, { items, next }) =>
    answer({
      items: items
        .map(toRequest)
        .filter(({ status }) => query.status === undefined || status === query.status)
        .map(summarize),
      nextCursor: next && seal(next),
    }),
});
