import { subscriber } from '../../lib/kit/context.ts';
import { resendRequested } from '../../lib/notifications/events.ts';
import { sendNotice } from './send-notice.ts';

export const onResendRequested = subscriber({
  id: 'on-resend-requested',
  on: resendRequested,
  impact: 'Notices that someone sends again do not go out.',
  handle: ({ tenant, data }) => sendNotice(tenant.id, data.noticeId),
});
