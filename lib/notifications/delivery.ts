import * as z from 'zod';
import { deliveryKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';

const base = {
  noticeId: z.string(),
  recipient: z.string(),
  recipientHash: z.string(),
  /** 1 for the notice itself, one more for each resend. */
  attempt: z.number(),
  version: z.number(),
  /** Since when it is in this state. */
  at: z.string(),
  /** SES has told that the recipient's server does not take it yet. */
  delayedAt: z.string().optional(),
};
const accepted = { ...base, messageId: z.string() };

/** One attempt to reach one recipient. */
export const delivery = z.discriminatedUnion('state', [
  z.object({ ...base, state: z.literal('PENDING'), leaseUntil: z.string().nullable() }),
  z.object({ ...accepted, state: z.literal('SENT') }),
  z.object({ ...accepted, state: z.literal('DELIVERED') }),
  z.object({ ...accepted, state: z.literal('BOUNCED'), reason: z.string() }),
  z.object({ ...accepted, state: z.literal('COMPLAINED'), reason: z.string() }),
  z.object({ ...base, state: z.literal('FAILED'), reason: z.string() }),
  z.object({ ...base, state: z.literal('SUPPRESSED'), why: z.enum(['SNOOZE', 'ADDRESS']) }),
]);
export type Delivery = z.infer<typeof delivery>;
export type DeliveryState = Delivery['state'];
export type Pending = Extract<Delivery, { state: 'PENDING' }>;

/** Longer than a send can take (three tries of five seconds), shorter than a queue waits before it tries again. */
export const leaseMs = 20_000;

export function toDelivery(item: Readonly<Record<string, unknown>>): Delivery {
  return delivery.parse(item);
}

export function deliveryItem(tenantId: string, value: Delivery): Item & { version: number } {
  return { ...deliveryKey(tenantId, value.noticeId, value), kind: 'delivery', ...value };
}

const identity = ({ noticeId, recipient, recipientHash, attempt }: Delivery) => ({
  noticeId,
  recipient,
  recipientHash,
  attempt,
});

/** What a pending delivery may turn into on our side. */
export type Outcome =
  | { readonly state: 'PENDING'; readonly leaseUntil: string | null }
  | { readonly state: 'SENT'; readonly messageId: string }
  | { readonly state: 'FAILED'; readonly reason: string }
  | { readonly state: 'SUPPRESSED'; readonly why: 'SNOOZE' | 'ADDRESS' };

/** Moves a pending delivery on; lost when anyone else has moved it. */
export function settleDelivery(
  tenantId: string,
  current: Pending,
  to: { outcome: Outcome; now: string },
): { write: Write; delivery: Delivery } {
  const next: Delivery = {
    ...identity(current),
    ...(current.delayedAt ? { delayedAt: current.delayedAt } : {}),
    ...to.outcome,
    version: current.version + 1,
    at: to.outcome.state === 'PENDING' ? current.at : to.now,
  };
  return {
    write: { do: 'replace', version: current.version, item: deliveryItem(tenantId, next) },
    delivery: next,
  };
}

/** Whether someone else may be sending it right now. */
export function isLeased({ leaseUntil }: Pending, now: string): boolean {
  return leaseUntil !== null && leaseUntil > now;
}

/** Five tries by a queue that waits six minutes between them, and some more. */
const horizonMs = 35 * 60_000;

/** Whether somebody sends it, or the queue may still bring it to somebody: later its event was given up. */
export function isUnderWay(one: Pending, now: string): boolean {
  return isLeased(one, now) || Date.parse(now) - Date.parse(one.at) < horizonMs;
}

/** Names a delivery in the mail's tags, so that SES says it back: letters, digits, `_` and `-` only. */
export function tagsOf(tenantId: string, value: Delivery): Record<string, string> {
  return {
    tenant: tenantId,
    notice: value.noticeId,
    recipient: value.recipientHash,
    attempt: String(value.attempt),
  };
}

/** What callers see. */
export const deliveryView = z.strictObject({
  recipient: z.string(),
  attempt: z.number().describe('1 for the notice itself, one more for each resend'),
  state: z.enum(['PENDING', 'SENT', 'DELIVERED', 'BOUNCED', 'COMPLAINED', 'FAILED', 'SUPPRESSED']),
  at: z.string().describe('Since when it is in this state'),
  messageId: z.string().optional().describe('Under which SES accepted it'),
  reason: z.string().optional().describe('Why it bounced, was complained about or failed'),
  why: z
    .enum(['SNOOZE', 'ADDRESS'])
    .optional()
    .describe('SUPPRESSED because the alert was snoozed, or the address had bounced or complained'),
  delayedAt: z
    .string()
    .optional()
    .describe('When SES last told that the recipient’s server does not take it yet'),
});

export function viewDelivery(value: Delivery): z.infer<typeof deliveryView> {
  const { recipient, attempt, state, at, delayedAt } = value;
  return {
    recipient,
    attempt,
    state,
    at,
    ...('messageId' in value ? { messageId: value.messageId } : {}),
    ...('reason' in value ? { reason: value.reason } : {}),
    ...('why' in value ? { why: value.why } : {}),
    ...(delayedAt ? { delayedAt } : {}),
  };
}
