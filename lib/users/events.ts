import * as z from 'zod';
import { event } from '../kit/event.ts';

/** What the provisioning engine is asked to do with a user. */
export const userWish = z.enum(['provision', 'deprovision', 'delete', 'reset_password']);

export const usersChanged = event({
  type: 'users.changed.v1',
  summary: 'Users of a customer were added, changed or deleted; the subject is the customer',
  data: z.strictObject({ customerId: z.string(), userIds: z.array(z.string()).min(1) }),
  example: {
    customerId: 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    userIds: ['usr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C'],
  },
});

export const userProvisioningRequested = event({
  type: 'users.provisioning_requested.v1',
  summary: 'The engine is to bring a user into the directory, out of it, or to a new password',
  data: z.strictObject({
    customerId: z.string(),
    userId: z.string(),
    what: userWish,
    version: z.int(),
    publicKey: z.string().nullable().default(null).describe('Whom a new password is sealed for'),
  }),
  example: {
    customerId: 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    userId: 'usr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    what: 'provision',
    version: 1,
    publicKey: null,
  },
});
