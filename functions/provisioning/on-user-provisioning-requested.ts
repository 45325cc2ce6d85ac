import { subscriber } from '../../lib/kit/context.ts';
import { userProvisioningRequested } from '../../lib/users/events.ts';
import { draw } from './draw-request.ts';

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
    const { customerId, userId, what, version, publicKey } = envelope.data;
    const user = { id: userId, version };
    const wish = { version: 0, code: null, parentId: null, user, serviceCode: null };
    await draw(envelope, { customerId, what: whats[what], wish, publicKey });
  },
});
