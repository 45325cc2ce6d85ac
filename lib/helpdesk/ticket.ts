import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { platformId } from '../kit/id.ts';
import { rootEntry, stateEntry, ticketKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { line, paragraph } from '../kit/text.ts';
import { type Facts, requireEligible } from './eligibility.ts';
import { ticketRaised } from './events.ts';
import { auditMode, type MspMode, rewrite, stand } from './msp-mode.ts';
import { alreadyEnabled, alreadyRequested, onlyByAdministrator } from './problems.ts';

const base = {
  id: z.string().describe('`tic_…`'),
  providerId: z.string(),
  kind: z.enum(['MSP_MODE', 'QUESTION']),
  subject: z.string(),
  description: z.string(),
  requestedBy: z.string().describe('The person who raised it'),
  requestedAt: z.string(),
};
const decided = { decidedBy: z.string(), decidedAt: z.string() };

export const ticket = z.discriminatedUnion('state', [
  z.strictObject({ ...base, state: z.literal('OPEN') }),
  z.strictObject({ ...base, ...decided, state: z.literal('APPROVED') }),
  z.strictObject({ ...base, ...decided, state: z.literal('REJECTED'), reason: z.string() }),
  z.strictObject({ ...base, ...decided, state: z.literal('CANCELLED') }),
]);
export type Ticket = z.infer<typeof ticket>;
export type OpenTicket = Extract<Ticket, { state: 'OPEN' }>;

export const ticketState = z.enum(['OPEN', 'APPROVED', 'REJECTED', 'CANCELLED']);

export const newTicket = z.strictObject({
  kind: base.kind.describe('`MSP_MODE` asks for the mode; `QUESTION` is anything else'),
  subject: line(120),
  description: paragraph(4000),
});

export const ticketSummary = z.strictObject({
  id: base.id,
  providerId: base.providerId,
  kind: base.kind,
  subject: base.subject,
  state: ticketState,
  requestedAt: base.requestedAt,
});

/** A ticket as it stands in the table. */
export interface Filed<T extends Ticket = Ticket> {
  readonly ticket: T;
  readonly version: number;
}

/** A provider raises a ticket; one for MSP mode moves the mode to REQUESTED. */
export function raise(
  state: { provider: Facts; mode: MspMode | undefined },
  command: z.output<typeof newTicket>,
  made: { id: string; by: string; now: string },
): Plan<Ticket> {
  const { provider, mode } = state;
  const raised: OpenTicket = {
    id: made.id,
    providerId: provider.id,
    ...command,
    requestedBy: made.by,
    requestedAt: made.now,
    state: 'OPEN',
  };
  const writes: Write[] = [{ do: 'create', item: toItem(raised, 1) }];
  const audit = { before: {}, after: { kind: raised.kind, subject: raised.subject } };
  if (raised.kind === 'MSP_MODE' && mode) {
    const requested = request({ provider, mode }, made);
    writes.push(rewrite(requested));
    Object.assign(audit.before, auditMode(mode));
    Object.assign(audit.after, auditMode(requested));
  }
  return {
    writes,
    receipt: { action: 'tickets.raise', subject: made.id, ticketId: made.id, ...audit },
    announcements: [
      announce(ticketRaised, made.id, {
        providerId: provider.id,
        kind: raised.kind,
        subject: raised.subject,
      }),
    ],
    reply: { body: raised, version: 1, location: `/v1/tickets/${made.id}` },
  };
}

function request({ provider, mode }: { provider: Facts; mode: MspMode }, made: { id: string; now: string }) {
  if (provider.hosting !== 'SAAS') refuse(onlyByAdministrator);
  if (mode.standing.state === 'ENABLED') refuse(alreadyEnabled);
  if (mode.standing.state === 'REQUESTED') {
    refuse(alreadyRequested, undefined, { ticketId: mode.standing.ticketId });
  }
  requireEligible(provider, mode);
  return stand(mode, { state: 'REQUESTED', ticketId: made.id }, made.now);
}

/** The ticket if the caller's node may see it: the platform sees all, a provider its own. */
export function visible(filed: Filed | undefined, home: Node): Filed {
  if (!filed || (home.id !== platformId && filed.ticket.providerId !== home.id)) refuse(notFound);
  return filed;
}

/** `at`, `type` and `summary` (whose it is) repeat what lists show: indexes carry only these names. */
export function toItem(value: Ticket, version: number) {
  return {
    ...ticketKey(platformId, value.id),
    ...rootEntry(value.providerId, 'TICKET', value.id),
    ...stateEntry(platformId, 'TICKET', value.state, value.id),
    ...value,
    kind: 'ticket',
    type: value.kind,
    at: value.requestedAt,
    summary: value.providerId,
    version,
  };
}

type Stored = Readonly<Record<string, unknown>>;

export function toFiled(item: Stored): Filed {
  const { PK, SK, G1, S1, G2, S2, type, at, summary, version, ...rest } = item;
  return { ticket: ticket.parse({ ...rest, kind: type }), version: Number(version) };
}

export function toSummary({ id, type, subject, state, at, summary }: Stored): z.infer<typeof ticketSummary> {
  const providerId = String(summary);
  return ticketSummary.parse({ id, providerId, kind: type, subject, state, requestedAt: at });
}
