import { balanceLow } from '../../lib/credits/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { balanceLow as say } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onBalanceLow = subscriber({
  id: 'on-balance-low',
  on: balanceLow,
  impact: 'Nobody is mailed before a customer runs out of credits.',
  handle: (envelope) => tellCustomer(envelope, { kind: 'REACHED', to: 'administrators', say }),
});
