import { evaluate, type Threshold } from '../kit/band.ts';
import { type Announcement, announce } from '../kit/event.ts';
import { refundKey } from '../kit/keys.ts';
import { fallingMargin } from '../kit/percent.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Actor } from '../kit/scope.ts';
import {
  type Entry,
  type EntryType,
  type EntryView,
  effectOf,
  entryId,
  hashOf,
  type Line,
  toItem,
  viewOf,
} from './entry.ts';
import { balanceLow, balanceRecovered } from './events.ts';
import {
  alreadyRefunded,
  insufficient,
  lineRequired,
  notRefundable,
  outOfBounds,
  requestReused,
} from './problems.ts';
import { emptyRing, remember } from './ring.ts';

/** Balances and amounts stay within ±10^12: sums are exact. */
export const mostCredits = 1_000_000_000_000;

/** The customer's ledger as a decision sees it: its newest entry, or null before the first. */
export interface Ledger {
  readonly customerId: string;
  readonly head: Entry | null;
}

/** Who appends, and when. */
export interface By {
  readonly actor: Actor;
  readonly now: string;
}

export interface Settings {
  readonly alertLimit: number | null;
  readonly rearmPercent: number;
  readonly blockBelowZero: boolean;
}

export const defaultSettings: Settings = { alertLimit: null, rearmPercent: 5, blockBelowZero: false };

type Said = { readonly reason?: string | undefined; readonly ticketId?: string | undefined };

interface Draft extends Said {
  readonly type: EntryType;
  readonly amount: number;
  readonly requestId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly lines?: Line[] | undefined;
  readonly refundOf?: string | undefined;
  readonly settings?: Settings;
}

export const balanceOf = ({ head }: Ledger): number => head?.balance ?? 0;
export const settingsOf = ({ head }: Ledger): Settings => head ?? defaultSettings;

/** Adds credits. */
export function grant(ledger: Ledger, command: Said & { amount: number }, by: By): Plan<EntryView> {
  return append(ledger, { type: 'GRANT', ...command }, by);
}

/** Takes credits, below zero too unless the customer blocks that. */
export function debit(
  ledger: Ledger,
  command: Said & {
    amount: number;
    requestId?: string | undefined;
    serviceId?: string | undefined;
    lines?: Line[];
  },
  by: By,
): Plan<EntryView> {
  const after = balanceOf(ledger) - command.amount;
  if (settingsOf(ledger).blockBelowZero && after < 0) {
    refuse(insufficient, undefined, { balance: balanceOf(ledger), amount: command.amount });
  }
  return append(ledger, { type: 'DEBIT', ...command }, by);
}

/** Answers again what the same request id has already done; another request with it is refused. */
export function repeat(
  ledger: Ledger,
  earlier: Entry,
  command: Said & { amount: number; serviceId?: string | undefined; lines?: Line[] },
): Plan<EntryView> {
  const same =
    earlier.type === 'DEBIT' &&
    (['amount', 'serviceId', 'reason', 'ticketId'] as const).every(
      (name) => earlier[name] === command[name],
    ) &&
    JSON.stringify(earlier.lines) === JSON.stringify(command.lines);
  if (!same) refuse(requestReused);
  return { writes: [], reply: { body: viewOf(ledger.customerId, earlier), replayed: true } };
}

/** Gives back a debit, or one line of a batch, once, at the amount frozen on it. */
export function refund(
  ledger: Ledger,
  command: Said & { debit: Entry; line?: number | undefined },
  by: By,
): Plan<EntryView> {
  const { debit, line } = command;
  if (debit.type !== 'DEBIT') refuse(notRefundable);
  if (debit.lines && line === undefined) refuse(lineRequired);
  const amount = debit.lines
    ? debit.lines[line ?? -1]?.amount
    : line === undefined
      ? debit.amount
      : undefined;
  if (amount === undefined) refuse(notRefundable, 'The entry has no such line');
  const refundOf = debit.lines ? `${entryId(debit.previousAt)}#${line}` : entryId(debit.previousAt);
  const plan = append(
    ledger,
    { type: 'REFUND', amount, refundOf, reason: command.reason, ticketId: command.ticketId },
    by,
  );
  const once: Write = {
    do: 'create',
    item: { ...refundKey(ledger.customerId, refundOf), kind: 'refund' },
    taken: new Problem(alreadyRefunded),
  };
  return { ...plan, writes: [...plan.writes, once] };
}

/** Corrects the balance by a signed amount, with a reason. */
export function adjust(
  ledger: Ledger,
  command: Said & { amount: number; reason: string },
  by: By,
): Plan<EntryView> {
  return append(ledger, { type: 'ADJUST', ...command }, by);
}

/** Takes what is left to zero when its customer is deleted, and tells nobody; undefined where nothing is left. */
export function close(ledger: Ledger, by: By): Plan<EntryView> | undefined {
  const balance = balanceOf(ledger);
  if (balance === 0) return undefined;
  const settings = { ...settingsOf(ledger), alertLimit: null };
  const reason = 'The customer was deleted';
  return append(ledger, { type: 'ADJUST', amount: -balance, reason, settings }, by);
}

/** Changes the alert limit and the rule below zero; a limit born above the balance fires once. */
export function configure(ledger: Ledger, settings: Settings, by: By): Plan<EntryView> {
  return append(ledger, { type: 'SETTINGS', amount: 0, settings }, by);
}

/** The thresholds in force: the alert limit, and always zero. Re-armed `rearmPercent` of the limit above, at least 1. */
export function thresholdsOf({ alertLimit, rearmPercent }: Settings): Threshold[] {
  const margin = fallingMargin(alertLimit, rearmPercent);
  const levels = alertLimit === null || alertLimit === 0 ? [0] : [alertLimit, 0];
  return levels.map((at) => ({ id: `below-${at}`, at, rearm: at + margin }));
}

function append(ledger: Ledger, draft: Draft, by: By): Plan<EntryView> {
  const { head, customerId } = ledger;
  const { settings = settingsOf(ledger), ...rest } = draft;
  const effect = effectOf(rest);
  const balance = balanceOf(ledger) + effect;
  if (Math.abs(balance) > mostCredits) refuse(outOfBounds);
  const previousAt = head?.at ?? '0';
  const at = head && head.at >= by.now ? new Date(Date.parse(head.at) + 1).toISOString() : by.now;
  const judged = evaluate(
    'falling',
    { thresholds: thresholdsOf(settings), bands: head?.bands ?? {}, value: balance },
    at,
  );
  const seq = (head?.seq ?? 0) + 1;
  const ring = { ring: head?.ring ?? emptyRing.ring, floor: head?.floor ?? emptyRing.floor };
  const next: Entry = {
    ...defined(rest),
    seq,
    previousAt,
    at,
    balance,
    actor: { ...by.actor },
    burned: (head?.burned ?? 0) + (rest.type === 'DEBIT' || rest.type === 'REFUND' ? -effect : 0),
    alertLimit: settings.alertLimit,
    rearmPercent: settings.rearmPercent,
    blockBelowZero: settings.blockBelowZero,
    settingsSeq: draft.settings ? seq : (head?.settingsSeq ?? 0),
    bands: judged.bands,
    ...(rest.requestId ? remember(ring, rest.requestId, previousAt) : ring),
    prev: head ? hashOf(head) : '',
  };
  const said = (thresholds: readonly Threshold[]) => ({
    meter: 'CREDITS',
    value: balance,
    limit: settings.alertLimit,
    thresholds: thresholds.map(({ id, at: level }) => ({ id, at: level })),
  });
  const announcements: Announcement[] = [
    ...(judged.fired.length > 0 ? [announce(balanceLow, customerId, said(judged.fired))] : []),
    ...(judged.recovered.length > 0 ? [announce(balanceRecovered, customerId, said(judged.recovered))] : []),
  ];
  return {
    writes: [{ do: 'create', item: toItem(customerId, next) }],
    outbox: 0,
    announcements,
    reply: { body: viewOf(customerId, next), version: seq },
  };
}

function defined<T extends object>(value: T): { [K in keyof T]-?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
