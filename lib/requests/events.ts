import * as z from 'zod';
import { event } from '../kit/event.ts';

const requestId = 'req_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const itemId = 'cat_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const personId = 'per_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

const of = { requestId: z.string(), itemId: z.string(), personId: z.string().describe('Who asked') };

export const requestSubmitted = event({
  type: 'requests.submitted.v1',
  summary: 'An end user requested an item of the catalogue; where it costs credits they are debited already',
  data: z.strictObject({
    ...of,
    quantity: z.int(),
    state: z.enum(['WAITING_APPROVAL', 'INITIATED_PLANNING']),
    unit: z.enum(['FREE', 'CREDITS', 'CURRENCY']),
    total: z.int(),
  }),
  example: {
    requestId,
    itemId,
    personId,
    quantity: 1,
    state: 'WAITING_APPROVAL',
    unit: 'CREDITS',
    total: 40,
  },
});

export const requestChanged = event({
  type: 'requests.changed.v1',
  summary: 'A request went from one state to another; `refunded` credits went back to the balance with it',
  data: z.strictObject({
    ...of,
    from: z.string(),
    to: z.string(),
    refunded: z.int().describe('0 where nothing was given back'),
  }),
  example: { requestId, itemId, personId, from: 'WAITING_APPROVAL', to: 'REJECTED', refunded: 40 },
});

export const approvalWaiting = event({
  type: 'requests.approval_waiting.v1',
  summary: 'A request waits for an approval by somebody other than who asked',
  data: z.strictObject({
    ...of,
    name: z.string().describe('Of the item'),
    quantity: z.int(),
    unit: z.enum(['FREE', 'CREDITS', 'CURRENCY']),
    total: z.int().describe('Credits, or minor units of the currency'),
    currency: z.string().nullable(),
  }),
  example: {
    requestId,
    itemId,
    personId,
    name: 'Laptop',
    quantity: 1,
    unit: 'CREDITS',
    total: 40,
    currency: null,
  },
});
