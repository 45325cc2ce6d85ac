import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { noticeView, toNotice, viewNotice } from '../../lib/notifications/notice.ts';
import { noticePage } from '../../lib/notifications/store.ts';

export const listNotices = route({
  id: 'listNotices',
  method: 'GET',
  path: '/v1/customers/{customerId}/notices',
  summary: 'What was told about the customer, newest first',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(noticeView) },
  refuses: [],
  load: ({ target, query, position }) => noticePage(target, { limit: query.limit, after: position }),
  decide: ({ seal }, { items, next }) =>
    answer({ items: items.map((item) => viewNotice(toNotice(item))), nextCursor: next && seal(next) }),
});
