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

export const provisioningRequested = event({
  type: 'customers.provisioning_requested.v1',
  summary:
    'The engine is to bring a customer’s directory objects to its new state; the subject is the customer',
  data: z.strictObject({
    customerId: z.string(),
    what: z.enum(['provision', 'deprovision', 'disable', 'enable', 'delete', 'move']),
    version: z.int().describe('Of the profile; what is older has been overtaken'),
    code: z.string().nullable(),
    parentId: z.string(),
  }),
  example: {
    customerId: 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    what: 'provision',
    version: 3,
    code: 'ALPIDAIRY',
    parentId: 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
  },
});

export const customerDeleted = event({
  type: 'customers.deleted.v1',
  summary: 'A customer was deleted; an archive of it is kept; the subject is the customer',
  data: z.strictObject({ name: z.string(), code: z.string().nullable(), parentId: z.string() }),
  example: { name: 'Alpine Dairy', code: 'ALPIDAIRY', parentId: 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C' },
});

export const moveRequested = event({
  type: 'customers.move_requested.v1',
  summary: 'A subtree stands below another parent; its stored paths are to follow. The subject is its root',
  data: z.strictObject({
    operationId: z.string(),
    providerId: z.string(),
    fromId: z.string().describe('The parent before'),
  }),
  example: {
    fromId: 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    operationId: 'opr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    providerId: 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
  },
});

const cusId = 'cus_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';
const prvId = 'prv_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

export const customerUnlinked = event({
  type: 'customers.unlinked.v1',
  summary:
    'A customer belongs to no partner any more and stands by itself; the tenant is where it stood before, the subject is the customer',
  data: z.strictObject({
    name: z.string(),
    code: z.string().nullable(),
    parentId: z.string().describe('The parent before'),
    providerId: z.string().describe('The provider before'),
  }),
  example: { name: 'Alpine Dairy', code: 'ALPIDAIRY', parentId: cusId, providerId: prvId },
});

export const customerLinked = event({
  type: 'customers.linked.v1',
  summary: 'A customer that stood by itself belongs to a partner; the subject is the customer',
  data: z.strictObject({
    name: z.string(),
    code: z.string().nullable(),
    parentId: z.string(),
    providerId: z.string(),
  }),
  example: { name: 'Alpine Dairy', code: 'ALPIDAIRY', parentId: prvId, providerId: prvId },
});

export const namesFollow = event({
  type: 'customers.names_follow.v1',
  summary:
    'Of a customer that has changed hands, more UPNs of users have to follow it to its new provider; the subject is the customer',
  data: z.strictObject({
    from: z.string().describe('The provider before; the customer itself where it stood alone'),
    to: z.string().describe('The provider now; the customer itself where it stands alone'),
  }),
  example: { from: prvId, to: cusId },
});

export const accountOpened = event({
  type: 'customers.account_opened.v1',
  summary: 'A customer that no partner looks after was added; the subject is the customer',
  data: z.strictObject({ name: z.string(), administrators: z.array(z.string()) }),
  example: { name: 'Alpine Dairy', administrators: [personId] },
});
