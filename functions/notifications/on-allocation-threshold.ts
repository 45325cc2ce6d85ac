import { subscriber } from '../../lib/kit/context.ts';
import { allocationThreshold } from '../../lib/licensing/events.ts';
import { crossed } from '../../lib/notifications/alert.ts';
import { licenceReached } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onAllocationThreshold = subscriber({
  id: 'on-allocation-threshold',
  on: allocationThreshold,
  impact: 'Nobody is mailed before a customer runs out of licences.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      ...crossed(envelope.data),
      kind: 'REACHED',
      to: 'LICENCE_RECIPIENTS',
      say: licenceReached,
    }),
});
