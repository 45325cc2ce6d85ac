import { managedCustomerAdded } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { addedByPartner } from '../../lib/notifications/managed-emails.ts';
import { tellCustomer } from './tell-customer.ts';

export const onManagedCustomerAdded = subscriber({
  id: 'on-managed-customer-added',
  on: managedCustomerAdded,
  impact: 'The first administrator of a customer is not mailed that a partner added it, and what that means.',
  handle: (envelope) =>
    tellCustomer(envelope, {
      kind: 'ADDED_BY_PARTNER',
      to: 'ADMINISTRATORS',
      meter: 'CUSTOMER',
      alerts: [],
      say: addedByPartner,
    }),
});
