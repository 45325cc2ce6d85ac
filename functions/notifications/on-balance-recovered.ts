import { balanceRecovered } from '../../lib/credits/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { crossed } from '../../lib/notifications/alert.ts';
import { balanceRecovered as say } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onBalanceRecovered = subscriber({
  id: 'on-balance-recovered',
  on: balanceRecovered,
  impact: 'Nobody is mailed when a customer has credits to spare again.',
  handle: (envelope) =>
    tellCustomer(envelope, { ...crossed(envelope.data), kind: 'RECOVERED', to: 'ADMINISTRATORS', say }),
});
