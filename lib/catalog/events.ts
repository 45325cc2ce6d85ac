import * as z from 'zod';
import { event } from '../kit/event.ts';

const marketplaceId = 'mkt_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

export const workRequested = event({
  type: 'catalog.work_requested.v1',
  summary: 'Work of a customer’s catalogue waits in the background, or goes on; the subject is the customer',
  data: z.strictObject({ operationId: z.string(), done: z.int() }),
  example: { operationId: 'opr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C', done: 0 },
});

export const marketplaceChanged = event({
  type: 'catalog.marketplace_changed.v1',
  summary: 'A marketplace was created, changed or deleted; the subject is the customer',
  data: z.strictObject({ marketplaceId: z.string(), what: z.enum(['CREATED', 'CHANGED', 'DELETED']) }),
  example: { marketplaceId, what: 'CREATED' },
});

export const dynamicGroupChanged = event({
  type: 'catalog.dynamic_group_changed.v1',
  summary: 'A dynamic group of a customer was created, changed or deleted; the subject is the customer',
  data: z.strictObject({ dynamicGroupId: z.string(), what: z.enum(['CREATED', 'CHANGED', 'DELETED']) }),
  example: { dynamicGroupId: 'dgr_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C', what: 'CREATED' },
});

export const fullViewSwitched = event({
  type: 'catalog.full_view_switched.v1',
  summary: 'The full view of the catalogue was switched for a customer, which is the subject',
  data: z.strictObject({ on: z.boolean() }),
  example: { on: true },
});

const itemId = 'cat_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C';

export const itemSubmitted = event({
  type: 'catalog.item_submitted.v1',
  summary: 'A revision of an item of the catalogue waits for being published; the subject is the item',
  data: z.strictObject({ revision: z.int(), name: z.string() }),
  example: { revision: 2, name: 'Mailbox' },
});

export const itemRejected = event({
  type: 'catalog.item_rejected.v1',
  summary: 'A revision of an item of the catalogue was rejected; the subject is the item',
  data: z.strictObject({ revision: z.int(), reason: z.string() }),
  example: { revision: 2, reason: 'The price is missing' },
});

export const itemPublished = event({
  type: 'catalog.item_published.v1',
  summary:
    'A revision of an item of the catalogue was published, or none is any more; the subject is the item',
  data: z.strictObject({ type: z.string(), name: z.string(), revision: z.int().nullable() }),
  example: { type: 'SERVICE', name: 'Mailbox', revision: 2 },
});

export const itemAssigned = event({
  type: 'catalog.item_assigned.v1',
  summary: 'A customer got an item of the catalogue; the subject is the customer',
  data: z.strictObject({ itemId: z.string(), type: z.string() }),
  example: { itemId, type: 'SERVICE' },
});

export const itemUnassigned = event({
  type: 'catalog.item_unassigned.v1',
  summary: 'A customer has an item of the catalogue no more; the subject is the customer',
  data: z.strictObject({ itemId: z.string() }),
  example: { itemId },
});
