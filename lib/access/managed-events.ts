import * as z from 'zod';
import { event } from '../kit/event.ts';

export const managedCustomerAdded = event({
  type: 'access.managed_customer_added.v1',
  summary:
    'A partner added a customer with its first administrator, who is mailed what that means; the subject is the customer',
  data: z.strictObject({
    partner: z.string().describe('The name of whoever added it'),
    managementType: z.enum(['PARTNER', 'CUSTOMER', 'BOTH']),
    communications: z.enum(['PARTNER_ONLY', 'CUSTOMER_ONLY', 'BOTH']),
    administrator: z.string(),
    licences: z.array(
      z.strictObject({
        product: z.string(),
        kind: z.enum(['TRIAL', 'MSP']),
        seats: z.number(),
        endsAt: z.string().nullable(),
      }),
    ),
  }),
  example: {
    partner: 'Example MSP',
    managementType: 'BOTH',
    communications: 'BOTH',
    administrator: 'per_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    licences: [
      { product: 'Endpoint protection', kind: 'TRIAL', seats: 25, endsAt: '2026-12-22T00:00:00.000Z' },
    ],
  },
});
