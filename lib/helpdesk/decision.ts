import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { nodeKey } from '../kit/keys.ts';
import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { type Effect, effect, effectsOfEnabling } from './effect.ts';
import { type Facts, requireEligible } from './eligibility.ts';
import { mspModeEnabled, ticketDecided } from './events.ts';
import { auditMode, type MspMode, mspMode, rewrite, stand, viewMspMode } from './msp-mode.ts';
import { ownRequest, ticketNotOpen } from './problems.ts';
import { type Filed, type OpenTicket, type Ticket, ticket, toItem } from './ticket.ts';

/** What a decision answers: the ticket after it, and for MSP mode where the provider then stands. */
export const decision = z.strictObject({
  ticket,
  mspMode: mspMode.nullable().describe('Null where the ticket is not about MSP mode'),
  effects: z.array(effect).describe('Everything that follows from the decision'),
});
export type Decision = z.infer<typeof decision>;

/** A ticket with what it asks about. */
export interface Case {
  readonly filed: Filed;
  readonly provider: Facts;
  readonly mode: MspMode;
}
export interface Decider {
  readonly by: string;
  readonly now: string;
}

/** Approves a ticket of somebody else. MSP mode becomes enabled if its preconditions hold at this moment. */
export function approve(about: Case, { by, now }: Decider): Plan<Decision> {
  const open = openTicket(about.filed);
  if (open.requestedBy === by) refuse(ownRequest);
  const approved: Ticket = { ...open, state: 'APPROVED', decidedBy: by, decidedAt: now };
  if (open.kind !== 'MSP_MODE') return settled(about, approved);
  const mode = requestedMode(about);
  requireEligible(about.provider, mode);
  const enabled = stand(mode, { state: 'ENABLED', ticketId: open.id }, now);
  return settled(about, approved, { mode: enabled, effects: effectsOfEnabling });
}

/** Rejects a ticket of somebody else with a reason; MSP mode may then be asked for again. */
export function reject(about: Case, reason: string, { by, now }: Decider): Plan<Decision> {
  const open = openTicket(about.filed);
  if (open.requestedBy === by) refuse(ownRequest);
  const rejected: Ticket = { ...open, state: 'REJECTED', decidedBy: by, decidedAt: now, reason };
  if (open.kind !== 'MSP_MODE') return settled(about, rejected);
  const mode = stand(requestedMode(about), { state: 'REJECTED', ticketId: open.id, reason }, now);
  return settled(about, rejected, { mode, effects: [] });
}

/** The provider takes its ticket back. */
export function cancel(about: Case, { by, now }: Decider): Plan<Decision> {
  const open = openTicket(about.filed);
  const cancelled: Ticket = { ...open, state: 'CANCELLED', decidedBy: by, decidedAt: now };
  if (open.kind !== 'MSP_MODE') return settled(about, cancelled);
  const mode = stand(requestedMode(about), { state: 'DISABLED' }, now);
  return settled(about, cancelled, { mode, effects: [] });
}

function openTicket({ ticket: one }: Filed): OpenTicket {
  return one.state === 'OPEN' ? one : refuse(ticketNotOpen);
}

function requestedMode({ filed, mode }: Case): MspMode {
  const { standing } = mode;
  if (standing.state !== 'REQUESTED' || standing.ticketId !== filed.ticket.id) refuse(ticketNotOpen);
  return mode;
}

function settled(
  { filed, provider, mode }: Case,
  after: Exclude<Ticket, OpenTicket>,
  change?: { mode: MspMode; effects: readonly Effect[] },
): Plan<Decision> {
  const version = filed.version + 1;
  const { id, providerId, kind, state, requestedBy } = after;
  const reason = after.state === 'REJECTED' ? after.reason : null;
  const enabled = change?.mode.standing.state === 'ENABLED';
  const writes: Write[] = [{ do: 'replace', version: filed.version, item: toItem(after, version) }];
  if (change) writes.push(rewrite(change.mode));
  if (enabled) writes.push({ do: 'check', key: nodeKey(provider.id), version: provider.version });
  return {
    writes,
    receipt: {
      action: `tickets.${verbs[state]}`,
      subject: id,
      tenantId: providerId,
      ticketId: id,
      ...(reason === null ? {} : { reason }),
      ...difference(
        { state: filed.ticket.state, ...(change ? auditMode(mode) : {}) },
        {
          state,
          ...(change ? auditMode(change.mode) : {}),
          ...(enabled ? { effects: change.effects.map(({ code }) => code) } : {}),
        },
      ),
    },
    announcements: [
      announce(ticketDecided, id, { providerId, kind, state, reason, requestedBy }),
      ...(enabled ? [announce(mspModeEnabled, providerId, { providerId, ticketId: id })] : []),
    ],
    reply: {
      body: {
        ticket: after,
        mspMode: change ? viewMspMode(change.mode) : null,
        effects: [...(change?.effects ?? [])],
      },
      version,
    },
  };
}

const verbs = { APPROVED: 'approve', REJECTED: 'reject', CANCELLED: 'cancel' } as const;
