import * as z from 'zod';
import { event } from '../kit/event.ts';
import { type Desired, desired, whats } from './desired.ts';

const customerId = 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const requestId = 'prq_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const state: Desired = {
  version: 1,
  code: 'FABRIKAM',
  reseller: false,
  inService: true,
  suspended: false,
  name: 'Fabrikam',
  parents: [{ id: 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C', code: 'MSP-X6Y7Z8A9B0', name: 'Northwind' }],
  ouStructure: 'UNGROUPED',
  services: ['MAIL'],
  users: [],
  everyone: false,
  passwordLength: 24,
  publicKey: null,
};

export const provisioningRequested = event({
  type: 'provisioning.requested.v1',
  summary:
    'The directory is to be brought to this state, or to what the tree says then; the subject is the customer',
  data: z.strictObject({ customerId: z.string(), what: z.enum(whats), desired: desired.nullable() }),
  example: { customerId, what: 'provision', desired: state },
});

export const provisioningResumed = event({
  type: 'provisioning.resumed.v1',
  summary: 'A request goes on: it was retried, or one turn was too short for it; the subject is the customer',
  data: z.strictObject({ requestId: z.string() }),
  example: { requestId },
});

export const provisioningFinished = event({
  type: 'provisioning.finished.v1',
  summary: 'The engine is done with a request, or gave it up; the subject is the customer',
  data: z.strictObject({
    customerId: z.string(),
    requestId: z.string(),
    what: z.enum(whats),
    status: z.enum(['Provisioned', 'NotProvisioned', 'Failed']).describe('Of what the request was for'),
    version: z.int().describe('Of the desired state: of the customer, or of the user'),
    userId: z.string().nullable(),
    serviceCode: z.string().nullable(),
  }),
  example: {
    customerId,
    requestId,
    what: 'provision',
    status: 'Provisioned',
    version: 1,
    userId: null,
    serviceCode: null,
  },
});
