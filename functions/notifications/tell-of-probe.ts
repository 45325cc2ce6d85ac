import type { Envelope } from '../../lib/kit/event.ts';
import { probeKey } from '../../lib/kit/keys.ts';
import { probeMeter } from '../../lib/notifications/alert.ts';
import type { Message } from '../../lib/notifications/emails.ts';
import type { NoticeKind } from '../../lib/notifications/notice.ts';
import type { AboutProbe } from '../../lib/notifications/probe-emails.ts';
import type { Audience } from '../../lib/notifications/settings.ts';
import { tellCustomer } from './tell-customer.ts';

/** Tells of a probe, under its name of now. */
export function tellOfProbe<D>(
  envelope: Envelope<D>,
  how: {
    readonly kind: NoticeKind;
    readonly to: Audience;
    readonly alerts?: readonly string[];
    readonly say: (facts: D, about: AboutProbe) => Message;
  },
): Promise<void> {
  const { subject: probeId, tenant } = envelope;
  return tellCustomer(envelope, {
    kind: how.kind,
    to: how.to,
    meter: probeMeter(probeId),
    alerts: how.alerts ?? [],
    beside: probeKey(tenant.id, probeId),
    say: (facts, about, _, probe) => how.say(facts, { ...about, probeName: String(probe?.name ?? probeId) }),
  });
}
