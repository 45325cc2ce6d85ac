import { subscriber } from '../../lib/kit/context.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { namedUser } from '../../lib/provisioning/wish.ts';
import { serviceProvisioningRequested } from '../../lib/services/events.ts';
import { draw } from './draw-request.ts';

/** Makes or removes a service's group, or brings a user's memberships to what the user has now. */
export const onServiceProvisioningRequested = subscriber({
  id: 'on-service-provisioning-requested',
  on: serviceProvisioningRequested,
  impact: 'Services of customers and users are not provisioned: people do not get what they have been given.',
  handle: async (envelope) => {
    const { customerId, userId, serviceCode, what, version } = envelope.data;
    const { providerId } = envelope.tenant;
    const wish = { version, code: null, parentId: null, user: null, serviceCode };
    if (userId === null) return draw(envelope, { customerId, what: `service_${what}`, wish });
    const found = await surroundingsOf(customerId, { providerId, userId });
    if (!found.user) return;
    const user = namedUser(found.user);
    await draw(
      envelope,
      { customerId, what: 'user_provision', wish: { ...wish, user, serviceCode: null } },
      found,
    );
  },
});
