import * as z from 'zod';
import type { DelegatedRole } from '../kit/delegable.ts';
import { delegatedRoles } from '../kit/delegable.ts';
import { grantInForce, type StoredGrant } from '../kit/delegation.ts';
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

/** How long a session waits for approval. */
export const awaitsHours = 24;
const hourMs = 3_600_000;

export const awaitsUntil = (askedAt: string): string =>
  new Date(Date.parse(askedAt) + awaitsHours * hourMs).toISOString();

/** When a session that begins now ends: after its minutes, and never beyond what is given. */
export const endOf = (minutes: number, given: Pick<StoredGrant, 'endsAt'>, now: string): string => {
  const end = new Date(Date.parse(now) + minutes * 60_000).toISOString();
  return [end, given.endsAt].toSorted()[0] ?? end;
};

export const sessionStates = ['AWAITING', 'OPEN', 'REFUSED', 'ENDED', 'EXPIRED', 'REVOKED'] as const;

/** What became of a session by now: of stored states those that mere time or the grant has ended are told so. */
export function stateAt(
  session: Pick<Session, 'state' | 'askedAt' | 'endsAt' | 'epoch'>,
  beside: { readonly grant: Stored; readonly management: Stored },
  now: string,
): (typeof sessionStates)[number] {
  const { state, askedAt, endsAt, epoch } = session;
  if (state !== 'AWAITING' && state !== 'OPEN') return state;
  if ((endsAt ?? awaitsUntil(askedAt)) <= now) return 'EXPIRED';
  return grantInForce(beside.grant, beside.management, now)?.epoch === epoch ? state : 'REVOKED';
}

export const sessionView = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  person: z.strictObject({ id: z.string(), name: z.string() }).describe('Who came in'),
  organization: z.strictObject({ id: z.string(), name: z.string() }).describe('The partner it belongs to'),
  roles: z.array(z.enum(delegatedRoles)),
  minutes: z.int(),
  reason: z.string(),
  ticket: z.string().nullable(),
  state: z
    .enum(sessionStates)
    .describe(
      `AWAITING: the customer’s administrators are asked, for ${awaitsHours} hours; EXPIRED: its time is over; REVOKED: what was given was taken back, or no longer counts`,
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
  beside: { state: SessionView['state']; changes: Changes },
): SessionView {
  const { id, personId, personName, home, homeName, roles, minutes, reason, ticket, askedAt } = session;
  const { startsAt, endsAt, decidedBy, endedAt, endedBy } = session;
  return {
    ...{ id, customerId, person: { id: personId, name: personName } },
    organization: { id: home, name: homeName },
    ...{ roles: roles as DelegatedRole[], minutes, reason, ticket, askedAt, startsAt, endsAt },
    ...{ decidedBy, endedAt, endedBy, ...beside },
    audit: `/v1/audit-events?customerId=${customerId}&session=${id}`,
  };
}
