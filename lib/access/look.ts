import { announce } from '../kit/event.ts';
import { accessDueKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { accessEnds } from './access-events.ts';
import { keep, toGrant } from './grant.ts';
import { toldBy } from './terms.ts';
import type { Stored } from './view.ts';

interface Note {
  readonly PK: string;
  readonly SK: string;
  readonly customerId: string;
}

/** True where a note is the one that the grant waits by. */
export function isDue(grant: Stored, { SK, customerId }: Note): boolean {
  const { dueAt } = toGrant(grant);
  return dueAt !== null && accessDueKey({ at: dueAt, customerId }).SK === SK;
}

/** A note that its grant has left behind goes. */
export const drop = ({ PK, SK }: Note): Plan => ({ writes: [{ do: 'remove', key: { PK, SK } }], reply: {} });

/** Tells that a grant ends soon, or has ended, and when that is told next. */
export function tellEnd(grant: Stored, customer: Node, now: string): Plan {
  const before = toGrant(grant);
  const endsAt = before.terms?.endsAt ?? now;
  const withinDays = toldBy(endsAt, now) ?? 0;
  return {
    writes: keep({ customerId: customer.id, providerId: providerOf(customer) }, before, {}, now),
    receipt: { action: 'access.tell_end', subject: customer.id, after: { withinDays, endsAt } },
    announcements: [announce(accessEnds, customer.id, { withinDays, endsAt })],
    reply: {},
  };
}
