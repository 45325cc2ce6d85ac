import { subscriber } from '../../lib/kit/context.ts';
import { surroundingsOf } from '../../lib/provisioning/store.ts';
import { desiredFrom } from '../../lib/provisioning/wish.ts';
import { userProvisioningRequested } from '../../lib/users/events.ts';
import { provision } from './on-provisioning-requested.ts';

const whats = {
  provision: 'user_provision',
  deprovision: 'user_deprovision',
  delete: 'user_delete',
} as const;

/** Asks for what is known of a user now. */
export const onUserProvisioningRequested = subscriber({
  id: 'on-user-provisioning-requested',
  on: userProvisioningRequested,
  impact: 'Users are not provisioned: new people cannot log on, and those who left still can.',
  handle: async (envelope) => {
    const { customerId, userId, userName, upn, what, version } = envelope.data;
    // A new password is nobody's desired state: it never travels through events.
    if (what === 'reset_password') return;
    const found = await surroundingsOf(customerId, { userId });
    const user = { id: userId, userName, upn, version };
    const desired = desiredFrom(found, { customerId, version: 0, user, now: envelope.at });
    await provision(envelope, { customerId, what: whats[what], desired });
  },
});
