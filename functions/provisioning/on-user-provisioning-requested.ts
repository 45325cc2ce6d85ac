import { subscriber } from '../../lib/kit/context.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom } from '../../lib/provisioning/wish.ts';
import { userProvisioningRequested } from '../../lib/users/events.ts';
import { provision } from './on-provisioning-requested.ts';

const whats = {
  provision: 'user_provision',
  deprovision: 'user_deprovision',
  delete: 'user_delete',
  reset_password: 'user_reset_password',
} as const;

/** Asks for what is known of a user now. */
export const onUserProvisioningRequested = subscriber({
  id: 'on-user-provisioning-requested',
  on: userProvisioningRequested,
  impact: 'Users are not provisioned: new people cannot log on, and those who left still can.',
  handle: async (envelope) => {
    const { customerId, userId, userName, upn, what, version, publicKey } = envelope.data;
    const { providerId } = envelope.tenant;
    const found = await surroundingsOf(customerId, { providerId, userId });
    const user = { id: userId, userName, upn, version };
    const desired = desiredFrom(found, { customerId, version: 0, user, publicKey });
    await provision(envelope, { customerId, what: whats[what], desired });
  },
});
