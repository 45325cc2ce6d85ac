import { subscriber } from '../../lib/kit/context.ts';
import { allocationRecovered } from '../../lib/licensing/events.ts';
import { crossed } from '../../lib/notifications/alert.ts';
import { licenceRecovered } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onAllocationRecovered = subscriber({
  id: 'on-allocation-recovered',
  on: allocationRecovered,
  impact: 'Nobody is mailed when a customer has licences to spare again.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      ...crossed(envelope.data),
      kind: 'RECOVERED',
      to: 'LICENCE_RECIPIENTS',
      say: licenceRecovered,
    }),
});
