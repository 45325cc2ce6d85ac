import * as z from 'zod';
import { takeable } from '../kit/delegable.ts';
import { awaitsUntil, grantInForce, hashOfToken, sessionTokenText } from '../kit/delegation.ts';
import { announce } from '../kit/event.ts';
import { expectVersion, type Plan, refuse, type Write } from '../kit/plan.ts';
import type { Scope } from '../kit/scope.ts';
import { line, paragraph, whole } from '../kit/text.ts';
import { sessionAwaits, sessionEnded, sessionOpened } from './access-events.ts';
import type { Standing } from './decide.ts';
import {
  customerDisabled,
  customerManages,
  moreThanGiven,
  moreThanOwn,
  notAwaiting,
  notGiven,
  sessionOver,
} from './problems.ts';
import {
  type Changes,
  endOf,
  holdingAt,
  noChanges,
  type Session,
  type SessionView,
  sessionItem,
  sessionView,
  viewSession,
} from './session.ts';
import { takeSlot, turnSlot } from './slots.ts';
import { sessionRoles } from './terms.ts';
import { managing } from './view.ts';

/** What is asked of a customer's console. */
export const entry = z.strictObject({
  reason: paragraph(500, 10).describe(
    'Why: the customer reads it, and so does everybody who reads its audit',
  ),
  ticket: line(64).optional().describe('The ticket that it is for'),
  roles: sessionRoles,
  minutes: whole(5, 60),
});

export const sessionShown = sessionView.extend({
  token: z
    .string()
    .nullable()
    .describe(
      'Sent in the header `Quartermaster-Session`. Shown once: only its hash is kept; null when told again',
    ),
});
type Shown = z.input<typeof sessionShown>;

interface Made {
  readonly id: string;
  readonly secret: string;
  readonly now: string;
  readonly personName: string;
}

/** Opens a session, or asks the customer for it where every one is approved. */
export function enter(
  standing: Standing,
  command: z.output<typeof entry>,
  made: Made,
  { target, home, actor, roles: held }: Scope,
): Plan<Shown> {
  const { id, secret, now, personName } = made;
  if (managing(standing.management) === 'CUSTOMER') refuse(customerManages);
  if (target.item.adminState === 'DISABLED') refuse(customerDisabled);
  const given = grantInForce(standing, target.path, now) ?? refuse(notGiven);
  if (given.to.id !== home.id) refuse(notGiven);
  const { roles, minutes, reason, ticket = null } = command;
  const tooMuch = minutes > given.mostMinutes || roles.some((one) => !given.roles.includes(one));
  if (tooMuch) refuse(moreThanGiven);
  const mine = takeable(held);
  if (roles.some((one) => !mine.includes(one))) refuse(moreThanOwn);
  const token = { customerId: target.id, sessionId: id, secret };
  const awaits = given.approval === 'EACH';
  const endsAt = awaits ? null : endOf(minutes, given, now);
  const session: Session = {
    ...{ id, state: awaits ? 'AWAITING' : 'OPEN', personId: actor.id, personName },
    ...{ home: home.id, homeName: home.name, roles, minutes, reason, ticket, askedAt: now },
    ...{ startsAt: awaits ? null : now, endsAt, approved: false, decidedBy: null },
    ...{ endedAt: null, endedBy: null, epoch: given.epoch, path: target.path.join('/') },
    ...{ tokenHash: hashOfToken(token), version: 1 },
  };
  const until = endsAt ?? awaitsUntil(now);
  const body = viewSession(target.id, session, {
    holding: holdingAt(session, standing, { path: target.path, now }),
    changes: noChanges,
  });
  const receipt = {
    action: awaits ? 'access.ask_to_enter' : 'access.enter',
    subject: id,
    ...{ reason, ticketId: command.ticket, after: { customerId: target.id, roles, minutes, endsAt } },
  };
  const facts = { personId: actor.id, home: home.id, endsAt };
  return {
    writes: [
      { do: 'create', item: sessionItem(target.id, session) },
      takeSlot(target.id, standing.open, { id, personId: actor.id, until, epoch: given.epoch, now }),
    ],
    receipt,
    announcements: [announce(awaits ? sessionAwaits : sessionOpened, id, facts)],
    aside: [{ target: home, receipt }],
    reply: {
      body: { ...body, token: sessionTokenText(token) },
      kept: { ...body, token: null },
      version: 1,
      location: `/v1/customers/${target.id}/access-sessions/${id}`,
    },
  };
}

/** One session and what it stands on. */
export interface Opened extends Standing {
  readonly session: Session;
  /** The partner whose person opened it, to be told in its own record too. */
  readonly partner: Scope['home'] | undefined;
  readonly changes: Changes;
}

type Verb = 'end' | 'approve' | 'refuse_entry';

function turned(
  from: Opened,
  change: Partial<Session>,
  said: {
    verb: Verb;
    scope: Scope;
    now: string;
    reason?: string | undefined;
    announcements: Plan['announcements'];
  },
): Plan<SessionView> {
  const { session, partner } = from;
  const { target } = said.scope;
  const after = { ...session, ...change, version: session.version + 1 };
  const receipt = {
    action: `access.${said.verb}`,
    subject: session.id,
    reason: said.reason,
    before: { state: session.state },
    after: { customerId: target.id, state: after.state, endsAt: after.endsAt },
  };
  const until = after.state === 'OPEN' ? after.endsAt : null;
  const writes: Write[] = [
    { do: 'replace', item: sessionItem(target.id, after), version: session.version },
    turnSlot(target.id, from.open, { id: session.id, until }),
  ];
  const holding = holdingAt(after, from, { path: target.path, now: said.now });
  return {
    writes,
    receipt,
    announcements: said.announcements ?? [],
    aside: partner ? [{ target: partner, receipt }] : [],
    reply: {
      body: viewSession(target.id, after, { holding, changes: from.changes }),
      version: after.version,
    },
  };
}

/** Ends a session, or takes back that it is asked for: at its next request it is refused. */
export function end(from: Opened, scope: Scope, now: string): Plan<SessionView> {
  const { state } = holdingAt(from.session, from, { path: scope.target.path, now });
  if (state !== 'OPEN' && state !== 'AWAITING') refuse(sessionOver);
  const { id, home } = scope.actor;
  const told = { by: home === scope.target.id ? 'CUSTOMER' : 'PARTNER', refused: false } as const;
  const announcements = [announce(sessionEnded, from.session.id, told)];
  const change = { state: 'ENDED', endedAt: now, endedBy: { id, home } } as const;
  return turned(from, change, { verb: 'end', scope, now, announcements });
}

export const sessionDecision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('APPROVE').describe('Its minutes count from now') }),
  z.strictObject({ decision: z.literal('REFUSE'), reason: paragraph(500, 1).optional() }),
]);

/** A customer's administrator lets somebody in, or not. */
export function answerEntry(
  from: Opened,
  command: z.output<typeof sessionDecision>,
  by: { scope: Scope; ifMatch: string | undefined; now: string },
): Plan<SessionView> {
  const { session } = from;
  const { scope, now } = by;
  expectVersion(by.ifMatch, session.version);
  const { path } = scope.target;
  if (holdingAt(session, from, { path, now }).state !== 'AWAITING') return refuse(notAwaiting);
  const facts = { personId: session.personId, home: session.home };
  if (command.decision === 'REFUSE') {
    const change = { state: 'REFUSED', decidedBy: scope.actor.id, endedAt: now } as const;
    const announcements = [announce(sessionEnded, session.id, { by: 'CUSTOMER', refused: true })];
    const { reason } = command;
    return turned(from, change, { verb: 'refuse_entry', scope, now, reason, announcements });
  }
  const given = grantInForce(from, path, now) ?? refuse(notAwaiting);
  const minutes = Math.min(session.minutes, given.mostMinutes);
  const endsAt = endOf(minutes, given, now);
  const change = { state: 'OPEN', startsAt: now, endsAt, approved: true, decidedBy: scope.actor.id } as const;
  const announcements = [announce(sessionOpened, session.id, { ...facts, endsAt })];
  return turned(from, change, { verb: 'approve', scope, now, announcements });
}
