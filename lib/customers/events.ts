import * as z from 'zod';
import { event } from '../kit/event.ts';

const companyId = 'com_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const personId = 'per_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

export const customerAdded = event({
  type: 'customers.added.v1',
  summary: 'A customer was added, from a company of the directory or directly; the subject is the customer',
  data: z.strictObject({
    name: z.string(),
    companyId: z.string().nullable(),
    parentId: z.string(),
    administrators: z.array(z.string()),
  }),
  example: {
    name: 'Alpine Dairy',
    companyId,
    parentId: 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    administrators: [personId],
  },
});

export const customerChanged = event({
  type: 'customers.changed.v1',
  summary: 'What we know of a customer changed; the subject is the customer',
  data: z.strictObject({ fields: z.array(z.string()).min(1) }),
  example: { fields: ['name', 'accountManagerEmail'] },
});

export const administratorAdded = event({
  type: 'customers.administrator_added.v1',
  summary: 'A person of the company became an administrator; the subject is the customer',
  data: z.strictObject({ personId: z.string() }),
  example: { personId },
});

export const administratorRemoved = event({
  type: 'customers.administrator_removed.v1',
  summary: 'A person is an administrator no more; the subject is the customer',
  data: z.strictObject({ personId: z.string() }),
  example: { personId },
});
