import type { Crossing } from '../../lib/kit/band.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { idPattern } from '../../lib/kit/id.ts';
import { alertsOf } from '../../lib/notifications/alert.ts';
import type { About, Message } from '../../lib/notifications/emails.ts';
import { type NoticeKind, noticeIdOf, tell } from '../../lib/notifications/notice.ts';
import {
  aboutCustomer,
  creditRecipients,
  inherit,
  licenceRecipients,
  type Settings,
} from '../../lib/notifications/settings.ts';
import { circumstances } from '../../lib/notifications/store.ts';
import { sendNotice } from './send-notice.ts';
import { settleReaction } from './settle-reaction.ts';

const customer = idPattern('customer');

/** Records the one notice of a crossing and sends what of it is still to be sent. */
export async function tellCustomer<D extends Crossing>(
  envelope: Envelope<D>,
  how: {
    readonly kind: NoticeKind;
    readonly to: 'licence recipients' | 'administrators';
    readonly say: (facts: D, about: About, settings: Settings) => Message;
  },
): Promise<void> {
  const { data, at, tenant, id: eventId } = envelope;
  const customerId = customer.test(envelope.subject) ? envelope.subject : tenant.id;
  const noticeId = noticeIdOf(eventId);
  const administrators = how.to === 'administrators';
  const layers = administrators ? [] : [...new Set([...tenant.path.slice(1), customerId])];
  await settleReaction(envelope as Envelope, async (now) => {
    const found = await circumstances({
      customerId,
      noticeId,
      layers,
      meter: data.meter,
      members: administrators,
    });
    if (found.exists) return undefined;
    if (!found.node) throw new Error(`Event ${eventId} concerns a customer that does not exist`);
    const settings = inherit(found.settings);
    const telling = {
      tenantId: customerId,
      eventId,
      at,
      kind: how.kind,
      alerts: alertsOf(data),
      message: how.say(data, aboutCustomer(found.node, at), settings),
      recipients: administrators ? creditRecipients(found.members) : licenceRecipients(settings, found.node),
      known: found.alerts,
    };
    return { plan: tell(telling, now), node: found.node };
  });
  await sendNotice(customerId, noticeId);
}
