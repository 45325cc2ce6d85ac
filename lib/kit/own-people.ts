import * as z from 'zod';
import { administrationChanged } from './delegation-events.ts';
import { digest } from './digest.ts';
import { type Announcement, announce } from './event.ts';
import { accessKey, type Key, uniqueKey } from './keys.ts';
import { allows, type Permission, permissions, type Role } from './permission.ts';
import { type Plan, refuse, type Write } from './plan.ts';
import { problem } from './problem.ts';
import type { Scope } from './scope.ts';

type Stored = Readonly<Record<string, unknown>> | undefined;

export const customersOwn = problem({
  code: 'access.customers_own',
  status: 409,
  title:
    'The customer has decided about access to its console itself: only its own administrators say who administers it, until they hand that over',
});

const saying = z.object({ decided: z.boolean() }).catch({ decided: false });

/** True where a customer has decided about its partner's access: then that is not taken out of its hands behind its back. */
export const hasDecided = (access: Stored): boolean => saying.parse(access ?? {}).decided;

const deciding = (Object.keys(permissions) as Permission[]).filter(
  (one) => one.startsWith('console.') || one === 'access.decide',
);

/** True where roles let somebody into the customer's console, or decide who else comes in. */
export const decides = (held: readonly Role[]): boolean => deciding.some((one) => allows(held, one));

/** Read beside whatever may change who decides for a customer. */
export const besideOwnPeople = ({ target }: { readonly target: string }): Key[] => [accessKey(target)];

type By = Pick<Scope, 'actor' | 'target' | 'session'>;

/** Refuses what is left to a customer that has decided for itself, to whoever acts from above; else binds to that it has not. */
export function leaveToCustomer({ actor, target, session }: By, access: Stored): Write[] {
  if (actor.home === target.id) return [];
  if (hasDecided(access)) refuse(customersOwn);
  // A session is bound to the same item already.
  if (session) return [];
  return [{ do: 'check', key: accessKey(target.id), version: access ? Number(access.version) : null }];
}

/** How somebody stands at a customer, as far as it decides. */
export interface OwnPerson {
  readonly roles: readonly Role[];
  readonly email: string;
  /** Whatever else says whether and as whom they sign in. */
  readonly signsIn?: readonly unknown[];
}

const noticeDays = 30;
const noteKey = (customerId: string, noteId: string): Key => uniqueKey(customerId, 'ADMINISTRATION', noteId);

export { noteKey as administrationNoteKey };

/**
 * A change from above of who decides for a customer: refused where that has decided for itself, and told to its
 * administrators, the one before and the one after. The addresses are kept beside, not in the event. Anything else stays
 * as it is planned.
 */
export function withOwnPeople<T>(
  plan: Plan<T>,
  scope: By,
  seen: {
    readonly access: Stored;
    readonly personId: string;
    readonly before: OwnPerson | undefined;
    readonly after: OwnPerson | undefined;
  },
  made: { readonly now: string; readonly requestId: string },
): Plan<T> {
  const { personId, before, after } = seen;
  const change = changeOf(before, after);
  const { actor, target } = scope;
  if (!change || actor.home === target.id || plan.writes.length === 0) return plan;
  const noteId = digest(personId, made.requestId);
  const addresses = [before, after].flatMap((one) => (one && decides(one.roles) ? [one.email] : []));
  const note: Write = {
    do: 'create',
    item: {
      ...noteKey(target.id, noteId),
      kind: 'administrationNoted',
      addresses: [...new Set(addresses)],
      expiresAt: Math.floor(Date.parse(made.now) / 1000) + noticeDays * 86_400,
    },
  };
  const told: Announcement = announce(administrationChanged, target.id, { change, personId, noteId });
  return {
    ...plan,
    writes: [...plan.writes, ...leaveToCustomer(scope, seen.access), note],
    announcements: [...(plan.announcements ?? []), told],
  };
}

function changeOf(
  before: OwnPerson | undefined,
  after: OwnPerson | undefined,
): 'ADDED' | 'REMOVED' | 'CHANGED' | undefined {
  const was = before !== undefined && decides(before.roles);
  const is = after !== undefined && decides(after.roles);
  if (!was) return is ? 'ADDED' : undefined;
  if (!is) return 'REMOVED';
  return text(before) === text(after) ? undefined : 'CHANGED';
}

const text = ({ roles, email, signsIn = [] }: OwnPerson): string =>
  JSON.stringify([[...roles].toSorted(), email, signsIn]);
