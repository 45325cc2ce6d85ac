import { provisioningRequested } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom } from '../../lib/provisioning/wish.ts';
import { provision } from './on-provisioning-requested.ts';

/** Asks for what the tree says of a customer now: whatever came between is part of it. */
export const onCustomerProvisioningRequested = subscriber({
  id: 'on-customer-provisioning-requested',
  on: provisioningRequested,
  impact: 'Customers are not provisioned: their containers and groups are not made or changed.',
  handle: async (envelope) => {
    const { customerId, what, version, code, parentId } = envelope.data;
    const { providerId } = envelope.tenant;
    const found = await surroundingsOf(customerId, { providerId, parentId });
    const desired = desiredFrom(found, { customerId, version, code });
    await provision(envelope, { customerId, what, desired });
  },
});
