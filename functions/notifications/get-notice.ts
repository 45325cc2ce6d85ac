import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { viewWhole, wholeNotice } from '../../lib/notifications/notice.ts';
import { wholeNoticeOf } from '../../lib/notifications/store.ts';

export const getNotice = route({
  id: 'getNotice',
  method: 'GET',
  path: '/v1/customers/{customerId}/notices/{noticeId}',
  summary: 'One notice with its text and every delivery',
  permission: 'notifications.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), noticeId: id('notice') }),
  reply: { status: 200, body: wholeNotice },
  refuses: [],
  load: ({ target, params }) => wholeNoticeOf(target, params.noticeId),
  decide: (_, { notice, message, deliveries }) => {
    if (!notice) return refuse(notFound);
    const { body, version } = viewWhole(notice, { text: message?.text ?? '', deliveries });
    return answer(body, { version });
  },
});
