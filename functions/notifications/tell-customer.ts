import { standing } from '../../lib/aws/place.ts';
import { react } from '../../lib/aws/react.ts';
import { forTenant } from '../../lib/aws/vouch.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { idPattern } from '../../lib/kit/id.ts';
import { type InForce, inherit } from '../../lib/kit/inherit.ts';
import type { Key } from '../../lib/kit/keys.ts';
import type { About, Message } from '../../lib/notifications/emails.ts';
import { type NoticeKind, noticeIdOf, tell } from '../../lib/notifications/notice.ts';
import { type Audience, aboutCustomer, audienceOf, toLayers } from '../../lib/notifications/settings.ts';
import { circumstances } from '../../lib/notifications/store.ts';
import { asNotifications } from './as-notifications.ts';
import { sendNotice } from './send-notice.ts';

const customer = idPattern('customer');
type Stored = Readonly<Record<string, unknown>>;

/** Records the one notice of an event about a customer's meter and sends what of it is still to be sent. */
export async function tellCustomer<D>(envelope: Envelope<D>, how: How<D>): Promise<void> {
  const { subject, tenant } = envelope;
  const customerId = customer.test(subject) ? subject : tenant.id;
  const telling = () => decideAndSend(customerId, envelope, how);
  // What a partner does with a customer may stand in its own record.
  await (customerId === tenant.id ? telling() : forTenant(customerId, telling));
}

interface How<D> {
  readonly kind: NoticeKind;
  readonly to: Audience;
  readonly meter: string;
  /** Alerts that the notice tells of. */
  readonly alerts: readonly string[];
  /** An item that the message speaks of; read with everything else. */
  readonly beside?: Key;
  readonly say: (facts: D, about: About, settings: InForce, beside: Stored | undefined) => Message;
}

async function decideAndSend<D>(customerId: string, envelope: Envelope<D>, how: How<D>): Promise<void> {
  const { data, at, tenant, id: eventId } = envelope;
  const { kind, to, meter, alerts, beside } = how;
  const noticeId = noticeIdOf(eventId);
  const inherits = to !== 'ADMINISTRATORS';
  const nodes = inherits ? [...new Set([...tenant.path.slice(1), customerId])] : [];
  let gone = false;
  await react(envelope as Envelope, async (now) => {
    const asked = {
      customerId,
      noticeId,
      meter,
      beside,
      members: to !== 'LICENCE_RECIPIENTS',
      management: to === 'BY_COMMUNICATIONS',
    };
    let found = await circumstances({ ...asked, layers: nodes });
    // Deleted since: there is nobody to tell, nor to send what was recorded before.
    gone = !found.node;
    if (found.exists || !found.node) return undefined;
    // It may have moved since: what counts is inherited from where it stands now.
    const line = (await standing(found.node))?.path.slice(1) ?? [];
    if (inherits && line.join() !== nodes.join()) found = await circumstances({ ...asked, layers: line });
    if (!found.node) return undefined;
    const layers = toLayers(found.settings);
    const { node, members, management } = found;
    const recipients = audienceOf(to, { layers, node, members, management });
    if (!recipients) return undefined;
    const message = how.say(data, aboutCustomer(found.node, at), inherit(layers), found.beside);
    const telling = {
      tenantId: customerId,
      eventId,
      at,
      kind,
      alerts,
      message,
      recipients,
      known: found.alerts,
    };
    return asNotifications(tell(telling, now), found.node);
  });
  if (!gone) await sendNotice(customerId, noticeId);
}
