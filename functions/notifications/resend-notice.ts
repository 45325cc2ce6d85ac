import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { noticeView } from '../../lib/notifications/notice.ts';
import { noRecipients, resentTooOften, stillSending } from '../../lib/notifications/problems.ts';
import { resend } from '../../lib/notifications/resend.ts';
import { wholeNoticeOf } from '../../lib/notifications/store.ts';

export const resendNotice = route({
  id: 'resendNotice',
  method: 'POST',
  path: '/v1/customers/{customerId}/notices/{noticeId}/resend',
  summary: 'Send a notice again to all its recipients, snoozed or not',
  description:
    'Addresses that bounced for good or complained stay suppressed until they are released. Deliveries of the last attempt that were given up unsent (PENDING for 35 minutes) are sent in that attempt, without a new one.',
  permission: 'notifications.manage',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), noticeId: id('notice') }),
  reply: { status: 202, body: noticeView },
  refuses: [stillSending, noRecipients, resentTooOften],
  load: ({ target, params }) => wholeNoticeOf(target, params.noticeId),
  decide: ({ scope, now, params }, { notice, deliveries }) => {
    const plan = resend({ tenantId: scope.target.id, notice: notice ?? refuse(notFound), deliveries }, now);
    const location = `/v1/customers/${scope.target.id}/notices/${params.noticeId}`;
    return { ...plan, reply: { ...plan.reply, location } };
  },
});
