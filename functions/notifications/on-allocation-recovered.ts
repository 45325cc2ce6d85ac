import { subscriber } from '../../lib/kit/context.ts';
import { allocationRecovered } from '../../lib/licensing/events.ts';
import { licenceRecovered } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onAllocationRecovered = subscriber({
  id: 'on-allocation-recovered',
  on: allocationRecovered,
  impact: 'Nobody is mailed when a customer has licences to spare again.',
  handle: (envelope) =>
    tellCustomer(envelope, { kind: 'RECOVERED', to: 'licence recipients', say: licenceRecovered }),
});
