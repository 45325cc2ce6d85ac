import * as z from 'zod';
import { event } from '../kit/event.ts';

const customerId = 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const removalId = 'rmv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const partnerId = 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

export const removalExecuted = event({
  type: 'removals.executed.v1',
  summary:
    'A customer was removed from its partner; its probes and the partner’s packages are to go out. The subject is the customer',
  data: z.strictObject({ removalId: z.string(), partnerId: z.string() }),
  example: { removalId, partnerId },
});

export const removalFinished = event({
  type: 'removals.finished.v1',
  summary: 'Everything of a removal is done and its report is there; the subject is the customer',
  data: z.strictObject({
    removalId: z.string(),
    partnerId: z.string(),
    partnerName: z.string(),
    licences: z.enum(['return-to-pool', 'customer-buys']),
    deadline: z.string().nullable(),
    sha256: z.string(),
  }),
  example: {
    removalId,
    partnerId,
    partnerName: 'Example MSP',
    licences: 'customer-buys',
    deadline: '2026-12-24T23:00:00.000Z',
    sha256: '0'.repeat(64),
  },
});

export const customerReleased = event({
  type: 'removals.customer_released.v1',
  summary: 'The report of a removal stands in the partner’s record; the subject is the plan of removal',
  data: z.strictObject({
    customerId: z.string(),
    customerName: z.string(),
    personId: z
      .string()
      .nullable()
      .describe('Who executed it; null where that was somebody above, and all administrators are told'),
    sha256: z.string(),
  }),
  example: {
    customerId,
    customerName: 'Alpine Dairy',
    personId: 'per_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    sha256: '0'.repeat(64),
  },
});
