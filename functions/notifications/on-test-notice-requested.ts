import { react } from '../../lib/aws/react.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { render } from '../../lib/kit/template.ts';
import { testNoticeRequested } from '../../lib/licensing/events.ts';
import { sample } from '../../lib/notifications/emails.ts';
import { noticeIdOf, tell } from '../../lib/notifications/notice.ts';
import { requester } from '../../lib/notifications/store.ts';
import { asNotifications } from './as-notifications.ts';
import { sendNotice } from './send-notice.ts';

export const onTestNoticeRequested = subscriber({
  id: 'on-test-notice-requested',
  on: testNoticeRequested,
  impact: 'Nobody gets the sample of a notice that they asked for.',
  handle: async (envelope) => {
    const { id: eventId, at, data, actor } = envelope;
    const tenantId = envelope.tenant.id;
    const noticeId = noticeIdOf(eventId);
    await react(envelope, async (now) => {
      const { personId, subject, message, values } = data;
      const found = await requester({ tenantId, noticeId, home: actor.home, personId });
      if (found.exists) return undefined;
      const address = found.member?.email;
      const known = { ...values, accountManagerEmail: String(found.node?.accountManagerEmail ?? '') };
      const telling = {
        tenantId,
        eventId,
        at,
        kind: 'SAMPLE' as const,
        alerts: [],
        message: sample(render(subject, known), render(message, known)),
        recipients: typeof address === 'string' ? [address] : [],
        known: [],
      };
      return asNotifications(tell(telling, now), found.node);
    });
    await sendNotice(tenantId, noticeId);
  },
});
