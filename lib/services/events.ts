import * as z from 'zod';
import { event } from '../kit/event.ts';

const customerId = 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const serviceId = 'svc_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

export const serviceProvisioningRequested = event({
  type: 'services.provisioning_requested.v1',
  summary: 'The engine is to give a service to a customer or one of its users, or to take it',
  data: z.strictObject({
    customerId: z.string(),
    userId: z.string().nullable(),
    serviceId: z.string(),
    serviceCode: z.string(),
    multiInstance: z.boolean().default(false).describe('As the service said when it was given'),
    planId: z.string().nullable(),
    what: z
      .enum(['provision', 'deprovision'])
      .describe('Taken from a customer it is taken from all its users'),
    version: z.int(),
  }),
  example: {
    customerId,
    userId: null,
    serviceId,
    serviceCode: 'MAIL',
    multiInstance: false,
    planId: 'pln_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    what: 'provision',
    version: 1,
  },
});

export const offerChanged = event({
  type: 'services.offer_changed.v1',
  summary: 'A reseller may, or may no longer, hand on a service; the subject is the reseller',
  data: z.strictObject({ serviceId: z.string(), offered: z.boolean() }),
  example: { serviceId, offered: true },
});
