import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { suppressionPage } from '../../lib/notifications/store.ts';
import { suppression, suppressionView, viewSuppression } from '../../lib/notifications/suppression.ts';

export const listSuppressedAddresses = route({
  id: 'listSuppressedAddresses',
  method: 'GET',
  path: '/v1/customers/{customerId}/suppressed-addresses',
  summary: 'Addresses that bounced for good or complained, and get no more notices of this customer',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(suppressionView) },
  refuses: [],
  load: ({ target, query, position }) => suppressionPage(target, { limit: query.limit, after: position }),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map((item) => viewSuppression(suppression.parse(item))),
      nextCursor: next && seal(next),
    }),
});
