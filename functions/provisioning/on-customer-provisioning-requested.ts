import { provisioningRequested } from '../../lib/customers/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { draw } from './draw-request.ts';

/** Asks for what the tree says of a customer now: whatever came between is part of it. */
export const onCustomerProvisioningRequested = subscriber({
  id: 'on-customer-provisioning-requested',
  on: provisioningRequested,
  impact: 'Customers are not provisioned: their containers and groups are not made or changed.',
  handle: async (envelope) => {
    const { customerId, what, version, code, parentId } = envelope.data;
    const wish = { version, code, parentId, user: null, serviceCode: null };
    await draw(envelope, { customerId, what, wish });
  },
});
