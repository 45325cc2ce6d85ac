import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { suppressionKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { type Delivery, type DeliveryState, deliveryItem } from './delivery.ts';
import { oneLine } from './emails.ts';
import { addressSuppressed } from './events.ts';

/** `detail-type`s of SES on the default bus. Source: Amazon EventBridge, events of Amazon SES. */
export const feedbackTypes = [
  'Email Delivered',
  'Email Bounced',
  'Email Complaint Received',
  'Email Rejected',
  'Email Delivery Delayed',
  'Email Rendering Failed',
] as const;

const tag = z.array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)).min(1);

/** The part of SES's `detail` that we read. */
export const feedback = z.object({
  mail: z.object({
    messageId: z.string().min(1).max(256),
    tags: z.object({ tenant: tag, notice: tag, recipient: tag, attempt: tag }),
  }),
  bounce: z.object({ bounceType: z.string(), bounceSubType: z.string() }).optional(),
  complaint: z
    .object({
      complaintFeedbackType: z.string().nullish(),
      complaintSubType: z.string().nullish(),
    })
    .optional(),
  reject: z.object({ reason: z.string() }).optional(),
  failure: z.object({ errorMessage: z.string() }).optional(),
});
export type Feedback = z.infer<typeof feedback>;

/** Which delivery SES speaks of. */
export function namedBy({ mail: { tags } }: Feedback) {
  const first = (values: readonly string[]) => values[0] ?? '';
  return {
    tenantId: first(tags.tenant),
    noticeId: first(tags.notice),
    recipientHash: first(tags.recipient),
    attempt: Number(first(tags.attempt)),
  };
}

// Feedback comes late, twice and in any order: a delivery only ever moves up.
const rank: Record<DeliveryState, number> = {
  PENDING: 0,
  SENT: 1,
  DELIVERED: 2,
  FAILED: 3,
  BOUNCED: 3,
  COMPLAINED: 4,
  SUPPRESSED: 5,
};

/** What SES says, as a delivery's next state; undefined when it says nothing new of it. */
function next(current: Delivery, type: string, said: Feedback, at: string): Delivery | undefined {
  const { noticeId, recipient, recipientHash, attempt, version } = current;
  const base = { noticeId, recipient, recipientHash, attempt, version: version + 1, at };
  const known = { ...base, messageId: said.mail.messageId };
  const reason = (value: string | null | undefined) => oneLine(value ?? '') || 'SES gave no reason';
  switch (type) {
    case 'Email Delivered':
      return { ...known, state: 'DELIVERED' };
    case 'Email Bounced':
      return {
        ...known,
        state: 'BOUNCED',
        reason: reason(said.bounce && `${said.bounce.bounceType}: ${said.bounce.bounceSubType}`),
      };
    case 'Email Complaint Received':
      return {
        ...known,
        state: 'COMPLAINED',
        reason: reason(said.complaint?.complaintFeedbackType ?? said.complaint?.complaintSubType),
      };
    case 'Email Rejected':
      return { ...base, state: 'FAILED', reason: reason(said.reject?.reason) };
    case 'Email Rendering Failed':
      return { ...base, state: 'FAILED', reason: reason(said.failure?.errorMessage) };
    default:
      return undefined;
  }
}

/** Whether the mail that SES speaks of is the one that this delivery sent, or is sending. */
export function isOurs(current: Delivery, { mail }: Feedback): boolean {
  return current.state === 'PENDING' || ('messageId' in current && current.messageId === mail.messageId);
}

/** Notes what SES tells of a delivery; an address that bounced for good or complained gets no more notices. */
export function hear(
  state: { tenantId: string; delivery: Delivery; isSuppressed: boolean },
  heard: { type: string; said: Feedback; now: string },
): Plan {
  const { tenantId, delivery: current } = state;
  const { type, said, now } = heard;
  if (type === 'Email Delivery Delayed') return delay(tenantId, current, now);
  const after = next(current, type, said, now);
  if (!after || rank[after.state] <= rank[current.state]) return { writes: [], reply: {} };
  const because =
    after.state === 'COMPLAINED'
      ? 'COMPLAINED'
      : after.state === 'BOUNCED' && said.bounce?.bounceType === 'Permanent'
        ? 'BOUNCED'
        : undefined;
  const marks = because && !state.isSuppressed ? because : undefined;
  const { recipient, recipientHash, noticeId } = current;
  const moved: Write = { do: 'replace', version: current.version, item: deliveryItem(tenantId, after) };
  if (!marks) return { writes: [moved], reply: {} };
  return {
    writes: [
      moved,
      {
        do: 'create',
        item: {
          ...suppressionKey(tenantId, recipientHash),
          kind: 'suppression',
          recipient,
          recipientHash,
          because: marks,
          noticeId,
          at: now,
          version: 1,
        },
      },
    ],
    receipt: {
      action: 'addresses.suppress',
      subject: recipientHash,
      tenantId,
      after: { because: marks, noticeId },
    },
    announcements: [announce(addressSuppressed, tenantId, { recipientHash, because: marks, noticeId })],
    reply: {},
  };
}

function delay(tenantId: string, current: Delivery, now: string): Plan {
  if (current.state !== 'SENT') return { writes: [], reply: {} };
  const after = { ...current, delayedAt: now, version: current.version + 1 };
  return {
    writes: [{ do: 'replace', version: current.version, item: deliveryItem(tenantId, after) }],
    reply: {},
  };
}
