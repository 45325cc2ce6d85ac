import { topUpStopped } from '../../lib/credits/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { topUpStopped as say } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onTopUpStopped = subscriber({
  id: 'on-top-up-stopped',
  on: topUpStopped,
  impact: 'Nobody is mailed when the automatic top-up of a customer has reached its cap.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      kind: 'TOP_UP_STOPPED',
      to: 'ADMINISTRATORS',
      meter: 'CREDITS',
      alerts: [],
      say,
    }),
});
