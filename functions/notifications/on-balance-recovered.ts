import { balanceRecovered } from '../../lib/credits/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { balanceRecovered as say } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onBalanceRecovered = subscriber({
  id: 'on-balance-recovered',
  on: balanceRecovered,
  impact: 'Nobody is mailed when a customer has credits to spare again.',
  handle: (envelope) => tellCustomer(envelope, { kind: 'RECOVERED', to: 'administrators', say }),
});
