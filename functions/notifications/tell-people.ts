import { react } from '../../lib/aws/react.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import type { Write } from '../../lib/kit/plan.ts';
import type { Message } from '../../lib/notifications/emails.ts';
import { type NoticeKind, noticeIdOf, tell } from '../../lib/notifications/notice.ts';
import { noticeAndNode } from '../../lib/notifications/store.ts';
import { asNotifications } from './as-notifications.ts';
import { type Complete, sendNotice } from './send-notice.ts';

/** Records the one notice of an event for people named by their addresses, and sends what of it is still to be sent. */
export async function tellPeople(
  envelope: Envelope,
  to: { readonly tenantId: string; readonly kind: NoticeKind; readonly recipients: readonly string[] },
  how: {
    readonly message: Message;
    /** Written with the notice; undefined: there is to be none. Asked again where a race was lost. */
    readonly beside?: (now: string) => Promise<readonly Write[] | undefined>;
    readonly complete?: Complete;
  },
): Promise<void> {
  const { id: eventId, at } = envelope;
  const { tenantId, kind, recipients } = to;
  const noticeId = noticeIdOf(eventId);
  await react(envelope, async (now) => {
    const { exists, node } = await noticeAndNode(tenantId, noticeId);
    if (exists) return undefined;
    const beside = how.beside ? await how.beside(now) : [];
    if (!beside) return undefined;
    const telling = { tenantId, eventId, at, kind, recipients, message: how.message };
    const plan = tell({ ...telling, alerts: [], known: [] }, now);
    return asNotifications({ ...plan, writes: [...plan.writes, ...beside] }, node);
  });
  await sendNotice(tenantId, noticeId, how.complete);
}
