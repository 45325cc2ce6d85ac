import * as z from 'zod';
import { customerTypes } from '../kit/scope.ts';
import { id, line, paragraph, whole } from '../kit/text.ts';

const amount = whole(1, 1_000_000_000).describe('Whole credits, 1 to 1,000,000,000');
const said = { reason: paragraph(200).optional(), ticketId: id('ticket').optional() };
const serviceId = line(40).optional();

/** The caller’s own key of a debit: `req_` and a ULID made when the request was made. */
const requestId = id('request').optional();

export const grantCommand = z.strictObject({ amount, ...said });
export const debitCommand = z.strictObject({ amount, requestId, serviceId, ...said });
export const batchCommand = z.strictObject({
  lines: z
    .array(z.strictObject({ amount, serviceId, reason: line(100).optional() }))
    .min(1)
    .max(90),
  requestId,
  ...said,
});
export const refundCommand = z.strictObject({
  entryId: z.string().regex(/^ent_\d{17}$/, 'must be an entry id'),
  line: whole(0, 89).optional().describe('Which line of a batch debit, from 0'),
  ...said,
});
export const adjustCommand = z.strictObject({
  amount: whole(-1_000_000_000, 1_000_000_000).refine((value) => value !== 0, 'must not be 0'),
  reason: paragraph(200),
  ticketId: id('ticket').optional(),
});

/** Alert and overdraft settings of one customer. */
export const settings = z.strictObject({
  alertLimit: whole(0, 1_000_000_000).nullable().describe('Notify below this balance; null: only below zero'),
  rearmPercent: whole(1, 50).describe(
    'How far above a threshold, in percent of the limit, it is armed again',
  ),
  blockBelowZero: z.boolean().describe('Refuse debits that would take the balance below zero'),
});
export const changedSettings = z.strictObject({
  alertLimit: settings.shape.alertLimit.optional(),
  rearmPercent: settings.shape.rearmPercent.optional(),
  blockBelowZero: settings.shape.blockBelowZero.optional(),
});

export const entryPath = z.strictObject({
  customerId: id('customer'),
  entryId: z.string().regex(/^ent_\d{17}$/, 'must be an entry id'),
});
export const customerPath = z.strictObject({ customerId: id('customer') });
export const customerTarget = { param: 'customerId', types: customerTypes } as const;
