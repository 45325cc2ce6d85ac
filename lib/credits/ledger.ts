import { type Plan, refuse } from '../kit/plan.ts';
import {
  type Appended,
  type By,
  close,
  type Draft,
  type Ledger,
  lotsOf,
  type Opened,
  onlyBooked,
  open,
} from './chain.ts';
import { type Entry, type EntryView, type Line, viewOf } from './entry.ts';
import {
  deposit,
  divide,
  type Lot,
  mostLots,
  ordinary,
  ordinaryPriority,
  special,
  take,
  total,
} from './lots.ts';
import { alreadyExpired, insufficient, requestReused, tooManyLots } from './problems.ts';
import { type Settings, settingsIn } from './settings.ts';

export { type By, type Ledger, mostCredits } from './chain.ts';

/** Why, as whoever asks for it says. */
export type Said = { readonly reason?: string | undefined; readonly ticketId?: string | undefined };

/** The balance that is booked; `standingOf` takes off what is due. */
export const balanceOf = ({ head }: Ledger): number => head?.balance ?? 0;
export const settingsOf = ({ head }: Ledger): Settings => settingsIn(head);

/** What a customer has at a moment: what is due to expire is off, booked or not. */
export function standingOf(
  { head }: Pick<Ledger, 'head'>,
  at: string,
): { balance: number; expiring: number; lots: Lot[] } {
  const { due, good } = divide(lotsOf(head), at);
  return { balance: (head?.balance ?? 0) - total(due), expiring: total(due), lots: good };
}

/** What is owed. */
export const debtOf = ({ balance }: Opened) => Math.max(0, -balance);

/** Adds credits, for good or until they expire. What is owed is paid first. */
export function grant(
  ledger: Ledger,
  command: Said & {
    amount: number;
    expiresAt?: string | undefined;
    priority?: number | undefined;
  },
  by: By,
): Plan<EntryView> {
  const { amount, reason, ticketId, expiresAt = null, priority = ordinaryPriority } = command;
  return append(ledger, by, (opened) => {
    if (expiresAt !== null && expiresAt <= opened.at) refuse(alreadyExpired);
    const parts = [{ amount, priority, expiresAt }];
    const lots = deposit(opened.lots, parts, debtOf(opened));
    requireRoom(lots);
    return { type: 'GRANT', amount, lots, parts, reason, ticketId };
  });
}

/** Refuses what would divide a balance into more lots than an entry has room for. */
export function requireRoom(lots: readonly Lot[]): void {
  if (special(lots).length > mostLots) refuse(tooManyLots, undefined, { most: mostLots });
}

/** Takes credits, below zero too unless the customer blocks that. Where something was due, the plan has two entries. */
export function debit(
  ledger: Ledger,
  command: Said & {
    amount: number;
    requestId?: string | undefined;
    serviceId?: string | undefined;
    /** Who consumes. */
    personId?: string | undefined;
    lines?: Line[];
  },
  by: By,
): Plan<EntryView> {
  const { amount, requestId, serviceId, personId, lines, reason, ticketId } = command;
  return append(ledger, by, ({ balance, lots, settings }) => {
    if (settings.blockBelowZero && balance < amount) refuse(insufficient, undefined, { balance, amount });
    const { left, taken } = take(lots, amount);
    const said = { requestId, serviceId, personId, lines, reason, ticketId };
    return { type: 'DEBIT', amount, lots: left, parts: taken, ...said };
  });
}

/** Answers again what the same request id has already done; another request with it is refused. */
export function repeat(
  ledger: Ledger,
  earlier: Entry,
  command: Said & {
    amount: number;
    serviceId?: string | undefined;
    personId?: string | undefined;
    lines?: Line[];
  },
): Plan<EntryView> {
  const same =
    earlier.type === 'DEBIT' &&
    (['amount', 'serviceId', 'personId', 'reason', 'ticketId'] as const).every(
      (name) => earlier[name] === command[name],
    ) &&
    JSON.stringify(earlier.lines) === JSON.stringify(command.lines);
  if (!same) refuse(requestReused);
  return { writes: [], reply: { body: viewOf(ledger.customerId, earlier), replayed: true } };
}

/** Corrects the balance by a signed amount, with a reason. */
export function adjust(
  ledger: Ledger,
  command: Said & { amount: number; reason: string },
  by: By,
): Plan<EntryView> {
  const { amount, reason, ticketId } = command;
  return append(ledger, by, (opened) => {
    const said = { type: 'ADJUST', amount, reason, ticketId } as const;
    if (amount > 0) return { ...said, lots: deposit(opened.lots, [ordinary(amount)], debtOf(opened)) };
    const { left, taken } = take(opened.lots, -amount);
    return { ...said, lots: left, parts: taken };
  });
}

/** Takes what is left to zero when its customer is deleted, and tells nobody; undefined where nothing is left. */
export function writeOff(ledger: Ledger, by: By): Plan<EntryView> | undefined {
  if (balanceOf(ledger) === 0) return undefined;
  const opened = open(ledger, by);
  const { balance, lots, settings } = opened;
  const expired = balance === 0 && onlyBooked(opened);
  const last: Draft = {
    type: 'ADJUST',
    amount: -balance,
    reason: 'The customer was deleted',
    lots: [],
    parts: lots,
    settings: { ...settings, alertLimit: null, daysLeftAlert: null, topUp: null },
  };
  return { ...toPlan(ledger.customerId, expired || close(opened, last, by)), announcements: [] };
}

/** Changes what the ledger is told to do; a limit born above the balance fires once. */
export function configure(ledger: Ledger, changed: Partial<Settings>, by: By): Plan<EntryView> {
  return append(ledger, by, ({ settings, lots }) => ({
    type: 'SETTINGS',
    amount: 0,
    lots,
    settings: { ...settings, ...changed },
  }));
}

/** Appends one entry, drafted from what is there, after those that are due. */
export function append(ledger: Ledger, by: By, draft: (opened: Opened) => Draft): Plan<EntryView> {
  const opened = open(ledger, by);
  return toPlan(ledger.customerId, close(opened, draft(opened), by));
}

/** A plan that appends, answering the new entry. */
export function toPlan(
  customerId: string,
  { entry, writes, outbox, announcements }: Appended,
): Plan<EntryView> {
  return { writes, outbox, announcements, reply: { body: viewOf(customerId, entry), version: entry.seq } };
}
