import { announce } from '../kit/event.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { type Delivery, deliveryItem, isUnderWay, type Pending } from './delivery.ts';
import { resendRequested } from './events.ts';
import { fresh, type Notice, type NoticeView, noticeItem, viewNotice } from './notice.ts';
import { noRecipients, resentTooOften, stillSending } from './problems.ts';

export const mostAttempts = 5;

/**
 * Sends a notice again: a new delivery per recipient, whatever became of the earlier ones. Where some of the last
 * attempt were given up unsent, that attempt is handed out again instead.
 */
export function resend(
  state: { tenantId: string; notice: Notice; deliveries: readonly Delivery[] },
  now: string,
): Plan<NoticeView> {
  const { tenantId, notice: current } = state;
  const last = state.deliveries.filter(({ attempt }) => attempt === current.attempt);
  if (last.length === 0) refuse(noRecipients);
  const pending = last.filter((one) => one.state === 'PENDING');
  if (pending.some((one) => isUnderWay(one, now))) refuse(stillSending);
  if (pending.length > 0) return handOut(state, pending, now);
  if (current.attempt >= mostAttempts)
    refuse(resentTooOften, `A notice is sent at most ${mostAttempts} times`);
  const after: Notice = { ...current, attempt: current.attempt + 1, version: current.version + 1 };
  const added = last.map(({ recipient }) =>
    fresh({ noticeId: current.id, recipient, attempt: after.attempt }, { snoozed: false, now }),
  );
  return {
    writes: [
      { do: 'replace', version: current.version, item: noticeItem(tenantId, after) },
      ...added.map((one): Write => ({ do: 'create', item: deliveryItem(tenantId, one) })),
    ],
    receipt: { action: 'notices.resend', subject: current.id, after: { attempt: after.attempt } },
    announcements: [announce(resendRequested, current.id, { noticeId: current.id, attempt: after.attempt })],
    reply: { body: viewNotice(after), version: after.version },
  };
}

/** The given-up deliveries of the last attempt, as if it began now. */
function handOut(
  { tenantId, notice: current }: { tenantId: string; notice: Notice },
  pending: readonly Pending[],
  now: string,
): Plan<NoticeView> {
  const after: Notice = { ...current, version: current.version + 1 };
  const { id, attempt } = after;
  return {
    writes: [
      { do: 'replace', version: current.version, item: noticeItem(tenantId, after) },
      ...pending.map((one): Write => {
        const item = deliveryItem(tenantId, { ...one, at: now, leaseUntil: null, version: one.version + 1 });
        return { do: 'replace', version: one.version, item };
      }),
    ],
    receipt: { action: 'notices.resend', subject: id, after: { attempt, unsent: pending.length } },
    announcements: [announce(resendRequested, id, { noticeId: id, attempt })],
    reply: { body: viewNotice(after), version: after.version },
  };
}
