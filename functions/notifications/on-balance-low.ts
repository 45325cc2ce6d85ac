import { balanceLow } from '../../lib/credits/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { crossed } from '../../lib/notifications/alert.ts';
import { balanceLow as say } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onBalanceLow = subscriber({
  id: 'on-balance-low',
  on: balanceLow,
  impact: 'Nobody is mailed before a customer runs out of credits.',
  handle: (envelope) =>
    tellCustomer(envelope, { ...crossed(envelope.data), kind: 'REACHED', to: 'ADMINISTRATORS', say }),
});
