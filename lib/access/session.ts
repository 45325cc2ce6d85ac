import * as z from 'zod';
import { delegatedRoles } from '../kit/delegable.ts';
import { awaitsHours, type Holding, holdingOf, type StoredGrant, sessionStates } from '../kit/delegation.ts';
import { accessSessionKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';
import type { Stored } from './view.ts';

const by = z.object({ id: z.string(), home: z.string() });

const stored = z.object({
  id: z.string(),
  state: z.enum(['AWAITING', 'OPEN', 'REFUSED', 'ENDED']),
  personId: z.string(),
  personName: z.string(),
  home: z.string(),
  homeName: z.string(),
  roles: z.array(z.enum(delegatedRoles)),
  minutes: z.number(),
  reason: z.string(),
  ticket: z.string().nullable(),
  askedAt: z.string(),
  startsAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  approved: z.boolean(),
  decidedBy: z.string().nullable(),
  endedAt: z.string().nullable(),
  endedBy: by.nullable(),
  epoch: z.number(),
  path: z.string(),
  tokenHash: z.string(),
  version: z.number(),
});
export type Session = z.output<typeof stored>;

export const toSession = (item: Readonly<Record<string, unknown>>): Session => stored.parse(item);

export const sessionItem = (customerId: string, session: Session): Item & { version: number } => ({
  ...accessSessionKey(customerId, session.id),
  kind: 'accessSession',
  ...session,
});

/** When a session that begins now ends: after its minutes, and never beyond what is given. */
export const endOf = (minutes: number, given: Pick<StoredGrant, 'endsAt'>, now: string): string => {
  const end = new Date(Date.parse(now) + minutes * 60_000).toISOString();
  return [end, given.endsAt].toSorted()[0] ?? end;
};

/** What of a session holds now, at its customer where that stands. */
export const holdingAt = (
  session: Session,
  beside: { readonly grant: Stored; readonly management: Stored },
  at: { readonly path: readonly string[]; readonly now: string },
): Holding => holdingOf(session, beside, at.path, at.now);

/**
 * Whether a node reads a session: the customer each; a partner those of its own people, and of whom it stood above when
 * they came. One that looks after the customer since reads nothing of them.
 */
export function isSeenFrom(
  homeId: string,
  customerId: string,
  { home, path }: Pick<Session, 'home' | 'path'>,
): boolean {
  if (homeId === customerId) return true;
  const line = path.split('/');
  const above = line.indexOf(homeId);
  return above >= 0 && above <= line.indexOf(home);
}

export const sessionView = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  person: z.strictObject({ id: z.string(), name: z.string() }).describe('Who came in'),
  organization: z.strictObject({ id: z.string(), name: z.string() }).describe('The partner it belongs to'),
  roles: z.array(z.enum(delegatedRoles)).describe('While it is open those that what is given leaves it'),
  minutes: z.int(),
  reason: z.string(),
  ticket: z.string().nullable(),
  state: z
    .enum(sessionStates)
    .describe(
      `AWAITING: the customer’s administrators are asked, for ${awaitsHours} hours; EXPIRED: its time is over; REVOKED: what was given was taken back, or no longer counts; MOVED: the customer stands elsewhere`,
    ),
  askedAt: z.string(),
  startsAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  decidedBy: z.string().nullable().describe('Which administrator approved or refused it'),
  endedAt: z.string().nullable(),
  endedBy: z.strictObject({ id: z.string(), home: z.string() }).nullable(),
  changes: z
    .strictObject({ count: z.int(), more: z.boolean() })
    .describe('How much was changed in it, counted from the audit up to 100'),
  audit: z.string().describe('What was changed in it'),
});
export type SessionView = z.input<typeof sessionView>;

export interface Changes {
  readonly count: number;
  readonly more: boolean;
}
export const noChanges: Changes = { count: 0, more: false };

export function viewSession(
  customerId: string,
  session: Session,
  beside: { holding: Holding; changes: Changes },
): SessionView {
  const { id, personId, personName, home, homeName, reason, ticket, askedAt } = session;
  const { startsAt, decidedBy, endedAt, endedBy } = session;
  const { state, roles, minutes, endsAt } = beside.holding;
  return {
    ...{ id, customerId, person: { id: personId, name: personName } },
    organization: { id: home, name: homeName },
    ...{ roles: [...roles], minutes, reason, ticket, askedAt, startsAt, endsAt },
    ...{ decidedBy, endedAt, endedBy, state, changes: beside.changes },
    audit: `/v1/audit-events?customerId=${customerId}&session=${id}`,
  };
}
