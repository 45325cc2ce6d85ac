import { subscriber } from '../../lib/kit/context.ts';
import { allocationThreshold } from '../../lib/licensing/events.ts';
import { licenceReached } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onAllocationThreshold = subscriber({
  id: 'on-allocation-threshold',
  on: allocationThreshold,
  impact: 'Nobody is mailed before a customer runs out of licences.',
  handle: (envelope) =>
    tellCustomer(envelope, { kind: 'REACHED', to: 'licence recipients', say: licenceReached }),
});
