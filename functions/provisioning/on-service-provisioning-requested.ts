import { subscriber } from '../../lib/kit/context.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom } from '../../lib/provisioning/wish.ts';
import { serviceProvisioningRequested } from '../../lib/services/events.ts';
import { provision } from './on-provisioning-requested.ts';

/** Makes or removes a service's group, or brings a user's memberships to what the user has now. */
export const onServiceProvisioningRequested = subscriber({
  id: 'on-service-provisioning-requested',
  on: serviceProvisioningRequested,
  impact: 'Services of customers and users are not provisioned: people do not get what they have been given.',
  handle: async (envelope) => {
    const { customerId, userId, serviceCode, what, version } = envelope.data;
    const { providerId } = envelope.tenant;
    const found = await surroundingsOf(customerId, { providerId, userId: userId ?? undefined });
    if (userId !== null && !found.user) return;
    const desired = desiredFrom(found, { customerId, version });
    if (userId !== null) return provision(envelope, { customerId, what: 'user_provision', desired });
    const others = desired.services.filter((one) => one !== serviceCode);
    const asked =
      what === 'provision'
        ? ({ what: 'service_provision', services: [...others, serviceCode] } as const)
        : ({ what: 'service_deprovision', services: [serviceCode] } as const);
    await provision(envelope, {
      customerId,
      what: asked.what,
      desired: { ...desired, services: [...asked.services] },
    });
  },
});
