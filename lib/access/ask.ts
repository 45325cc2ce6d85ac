import { announce } from '../kit/event.ts';
import { type Plan, refuse } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import {
  type Import,
  type ImportView,
  importItem,
  moveOn,
  type NewImport,
  stateAt,
  tagOf,
  viewImport,
} from './import.ts';
import { importAsked } from './import-events.ts';
import { importEnded, resentTooOften, resentTooSoon } from './import-problems.ts';
import { countEnded, countOpen, type OpenImports } from './open-imports.ts';

const minute = 60_000;
export const importDays = 14;
export const resendMinutes = 10;
export const mostRounds = 6;

const after = (now: string, milliseconds: number) => new Date(Date.parse(now) + milliseconds).toISOString();
const endOf = (now: string) => after(now, importDays * 24 * 60 * minute);

/**
 * Asks to look after an account. Whether there is one is not looked at: what is read, written and answered is the same
 * for every address. A reaction that tells nobody finds out whom to mail.
 */
export function ask(
  partner: Pick<Node, 'id'>,
  input: { readonly command: NewImport; readonly open: OpenImports },
  made: { readonly id: string; readonly by: string; readonly now: string },
): Plan<ImportView> {
  const { command, open } = input;
  const { id, now } = made;
  const endsAt = endOf(now);
  const one: Import = {
    ...command,
    ...{ id, message: command.message ?? null, state: 'PENDING', reason: null, customerId: null },
    ...{ askedBy: made.by, createdAt: now, sentAt: now, round: 1, endsAt, endedAt: null },
    ...{ tried: null, version: 1 },
  };
  const { managementType, communications, access } = command;
  return {
    writes: [
      { do: 'create', item: importItem(partner.id, one) },
      countOpen(partner.id, open, { id, endsAt, now }),
    ],
    receipt: {
      action: 'imports.ask',
      subject: id,
      after: { managementType, communications, access, endsAt },
    },
    announcements: [announce(importAsked, id, { importId: id, round: 1 })],
    reply: { body: viewImport(one, now), version: 1, location: `/v1/customer-imports/${id}` },
  };
}

/** Asks again: a link that was sent before counts no more. */
export function askAgain(
  partner: Pick<Node, 'id'>,
  before: { readonly one: Import; readonly open: OpenImports },
  now: string,
): Plan<ImportView> {
  const { one, open } = before;
  if (stateAt(one, now) !== 'PENDING') refuse(importEnded);
  if (one.round >= mostRounds) refuse(resentTooOften);
  const soonest = after(one.sentAt, resendMinutes * minute);
  if (now < soonest) {
    const seconds = Math.ceil((Date.parse(soonest) - Date.parse(now)) / 1000);
    refuse(resentTooSoon, undefined, { soonest, retryAfterSeconds: seconds });
  }
  const change = { round: one.round + 1, sentAt: now, endsAt: endOf(now) };
  const next = { ...one, ...change, version: one.version + 1 };
  return {
    writes: [
      moveOn(partner.id, one, change),
      countOpen(partner.id, open, { id: one.id, endsAt: next.endsAt, now }),
    ],
    receipt: {
      action: 'imports.resend',
      subject: one.id,
      before: { round: one.round, endsAt: one.endsAt },
      after: { round: next.round, endsAt: next.endsAt },
    },
    announcements: [announce(importAsked, one.id, { importId: one.id, round: next.round })],
    reply: { body: viewImport(next, now), version: next.version },
  };
}

/** Takes the wish back: its link leads nowhere from now on. */
export function cancel(
  partner: Pick<Node, 'id'>,
  before: { readonly one: Import; readonly open: OpenImports },
  now: string,
): Plan<ImportView> {
  const { one, open } = before;
  if (stateAt(one, now) !== 'PENDING') refuse(importEnded);
  const change = { state: 'CANCELLED', endedAt: now } as const;
  const next = { ...one, ...change, version: one.version + 1 };
  return {
    writes: [moveOn(partner.id, one, change), countEnded(partner.id, open, { id: one.id, now })],
    receipt: {
      action: 'imports.cancel',
      subject: one.id,
      before: { state: one.state },
      after: { state: next.state },
    },
    reply: { body: viewImport(next, now), version: tagOf(next, now) },
  };
}
