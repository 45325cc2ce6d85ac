import { sessionAwaits, sessionRefusedEvent } from '../../lib/access/events.ts';
import { subscriber } from '../../lib/kit/context.ts';
import { accessSessionKey } from '../../lib/kit/keys.ts';
import { entryWaits, sessionMisused } from '../../lib/notifications/access-emails.ts';
import { tellCustomer } from './tell-customer.ts';

type Stored = Readonly<Record<string, unknown>> | undefined;

const who = (session: Stored) => ({
  personName: String(session?.personName ?? 'Somebody'),
  homeName: String(session?.homeName ?? 'your partner'),
  reason: String(session?.reason ?? ''),
  ticket: typeof session?.ticket === 'string' ? session.ticket : null,
  minutes: Number(session?.minutes ?? 0),
});

export const onSessionNoted = subscriber({
  id: 'on-session-noted',
  on: { anyOf: [sessionAwaits, sessionRefusedEvent] },
  impact:
    'The administrators of a customer are not mailed that somebody waits to be let into its console, or that a session’s token was used wrongly.',
  handle: (envelope) => {
    const to = {
      to: 'ADMINISTRATORS',
      meter: 'ACCESS',
      alerts: [],
      beside: accessSessionKey(envelope.tenant.id, envelope.subject),
    } as const;
    if (envelope.type === sessionAwaits.type)
      return tellCustomer(envelope, {
        ...to,
        kind: 'ENTRY_WAITS',
        say: (_, about, __, session) => entryWaits(who(session), about),
      });
    const { why } = sessionRefusedEvent.data.parse(envelope.data);
    return tellCustomer(envelope, {
      ...to,
      kind: 'SESSION_REFUSED',
      say: (_, about, __, session) => sessionMisused({ ...who(session), why }, about),
    });
  },
});
