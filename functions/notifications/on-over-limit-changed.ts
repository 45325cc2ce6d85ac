import { subscriber } from '../../lib/kit/context.ts';
import { overLimitChanged } from '../../lib/licensing/events.ts';
import { overLimit, withinLimit } from '../../lib/notifications/emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onOverLimitChanged = subscriber({
  id: 'on-over-limit-changed',
  on: overLimitChanged,
  impact: 'Administrators of a customer are not told that it uses more licences than it has.',
  handle: (envelope) => {
    const { overSince, resourceType } = envelope.data;
    return tellCustomer(envelope, {
      kind: overSince ? 'OVER_LIMIT' : 'WITHIN_LIMIT',
      to: 'OTHER_ADMINISTRATORS',
      meter: `LICENCE.${resourceType}`,
      alerts: [],
      say: overSince ? overLimit : withinLimit,
    });
  },
});
