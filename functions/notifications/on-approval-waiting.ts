import { subscriber } from '../../lib/kit/context.ts';
import { approvalWaiting as say } from '../../lib/notifications/emails.ts';
import { approvalWaiting } from '../../lib/requests/events.ts';
import { tellCustomer } from './tell-customer.ts';

export const onApprovalWaiting = subscriber({
  id: 'on-approval-waiting',
  on: approvalWaiting,
  impact: 'Nobody is mailed that a request waits for approval.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      kind: 'APPROVAL_WAITING',
      to: 'ADMINISTRATORS',
      meter: 'REQUESTS',
      alerts: [],
      say,
    }),
});
