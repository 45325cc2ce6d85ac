import { subscriber } from '../../lib/kit/context.ts';
import { provisioningRequested } from '../../lib/provisioning/events.ts';
import { draw, provision } from './draw-request.ts';

export const onProvisioningRequested = subscriber({
  id: 'on-provisioning-requested',
  on: provisioningRequested,
  impact: 'Customers, users and services are not provisioned: new people cannot log on.',
  handle: async (envelope) => {
    const { customerId, what, desired } = envelope.data;
    if (desired) return provision(envelope, { customerId, what, desired });
    const wish = { version: 0, code: null, parentId: null, user: null, serviceCode: null };
    await draw(envelope, { customerId, what, wish });
  },
});
