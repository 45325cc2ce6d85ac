import * as z from 'zod';
import { customerTypes } from '../kit/scope.ts';
import { id, instant, line, paragraph, whole } from '../kit/text.ts';

const amount = whole(1, 1_000_000_000).describe('Whole credits, 1 to 1,000,000,000');
const said = { reason: paragraph(200).optional(), ticketId: id('ticket').optional() };
const serviceId = line(40).optional();

/** The caller’s own key of a debit: `req_` and a ULID made when the request was made. */
const requestId = id('request').optional();

const fullHour = instant
  .refine((value) => value.endsWith(':00:00.000Z'), 'must be a full hour (UTC)')
  .refine((value) => value < '2100', 'must be before 2100');

export const grantCommand = z.strictObject({
  amount,
  expiresAt: fullHour
    .optional()
    .describe('A full hour (UTC) from which the credits are gone; never when absent'),
  priority: whole(0, 9)
    .optional()
    .describe('0 burns first, 9 last; then the earliest expiry, then the oldest. 5 when absent'),
  ...said,
});
const personId = id('person').optional().describe('Who consumes');
export const debitCommand = z.strictObject({ amount, requestId, serviceId, personId, ...said });
export const transferCommand = z.strictObject({ amount, ...said });
export const batchCommand = z.strictObject({
  lines: z
    .array(z.strictObject({ amount, serviceId, personId, reason: line(100).optional() }))
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

const topUp = z
  .strictObject({
    below: whole(0, 1_000_000_000).describe('Asked for when the balance is below this'),
    amount,
    cooldownMinutes: whole(5, 10_080).describe('Not again within so many minutes'),
    maxPerDay: whole(1, 24).describe('At most so many a day (UTC)'),
  })
  .nullable()
  .describe('Automatic top-up; null: none');

/** What the ledger of one customer is told to do. */
export const settings = z.strictObject({
  alertLimit: whole(0, 1_000_000_000).nullable().describe('Notify below this balance; null: only below zero'),
  rearmPercent: whole(1, 50).describe(
    'How far above a threshold, in percent of the limit, it is armed again',
  ),
  blockBelowZero: z.boolean().describe('Refuse debits that would take the balance below zero'),
  daysLeftAlert: whole(1, 365)
    .nullable()
    .describe('Notify when the balance lasts fewer days at the pace of the last 30; null: not'),
  topUp,
});
export const changedSettings = settings.partial();

export const entryPath = z.strictObject({
  customerId: id('customer'),
  entryId: z.string().regex(/^ent_\d{17}$/, 'must be an entry id'),
});
export const customerPath = z.strictObject({ customerId: id('customer') });
export const customerTarget = { param: 'customerId', types: customerTypes } as const;
