import { refundKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { By, Ledger } from './chain.ts';
import { type Entry, type EntryView, entryId, type Line } from './entry.ts';
import { append, debtOf, type Said } from './ledger.ts';
import { between, divide, giveBack, inBurnOrder, type Lot, ordinary, total, unpack } from './lots.ts';
import { alreadyRefunded, lineRequired, notRefundable } from './problems.ts';

/** Gives back a debit, or one line of a batch, once, at the amount frozen on it, to the lots that it came from. */
export function refund(
  ledger: Ledger,
  command: Said & { debit: Entry; line?: number | undefined },
  by: By,
): Plan<EntryView> {
  const { debit, line, reason, ticketId } = command;
  const { amount, from, serviceId = debit.serviceId, personId = debit.personId } = refundable(debit, line);
  const refundOf = debit.lines ? `${entryId(debit.previousAt)}#${line}` : entryId(debit.previousAt);
  const portions = between(sourcesOf(debit), from, from + amount);
  const taken = { portions, owed: amount - total(portions) };
  const plan = append(ledger, by, (opened) => {
    const lots = giveBack(opened.lots, taken, { debt: debtOf(opened), at: opened.at });
    const parts = divide(portions, opened.at).good;
    return { type: 'REFUND', amount, lots, parts, refundOf, serviceId, personId, reason, ticketId };
  });
  const once: Write = {
    do: 'create',
    item: { ...refundKey(ledger.customerId, refundOf), kind: 'refund' },
    taken: new Problem(alreadyRefunded),
  };
  return { ...plan, writes: [...plan.writes, once] };
}

/** What of an entry is to be given back, and where in it that begins. */
function refundable(debit: Entry, line: number | undefined): Line & { from: number } {
  if (debit.type !== 'DEBIT') refuse(notRefundable);
  if (debit.lines && line === undefined) refuse(lineRequired);
  const lines = debit.lines ?? [{ amount: debit.amount }];
  const found = debit.lines || line === undefined ? lines[line ?? 0] : undefined;
  if (!found) refuse(notRefundable, 'The entry has no such line');
  return { ...found, from: lines.slice(0, line ?? 0).reduce((sum, one) => sum + one.amount, 0) };
}

/** The lots that a debit came from, in the order in which they burned; what it owed then is not among them. */
function sourcesOf({ amount, balance, parts }: Entry): Lot[] {
  const owed = Math.max(0, -balance) - Math.max(0, -(balance + amount));
  const kept = unpack(parts);
  return inBurnOrder([...kept, ordinary(amount - owed - total(kept))]);
}
