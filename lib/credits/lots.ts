/** A part of a balance: until when it is good, and how early it burns (0 first, 9 last). */
export interface Lot {
  readonly amount: number;
  readonly priority: number;
  /** A full hour; null: never. */
  readonly expiresAt: string | null;
}

const hourMs = 3_600_000;
export const ordinaryPriority = 5;

/** Credits that never expire and burn in the middle: what a plain grant gives. There is always room for them. */
export const ordinary = (amount: number): Lot => ({ amount, priority: ordinaryPriority, expiresAt: null });

/** Lots that one balance may be divided into besides the ordinary one: an entry of the ledger stays below 1 KB. */
export const mostLots = 6;

const isOrdinary = ({ priority, expiresAt }: Lot) => priority === ordinaryPriority && expiresAt === null;
const isSame = (a: Lot, b: Lot) => a.priority === b.priority && a.expiresAt === b.expiresAt;
export const total = (lots: readonly Lot[]): number => lots.reduce((sum, { amount }) => sum + amount, 0);

/** What of a list stands beside the ordinary lot. */
export const special = (lots: readonly Lot[]): Lot[] => lots.filter((one) => !isOrdinary(one));

/** By priority, then earliest expiry. Credits of one priority and expiry are one lot: which of them is older decides nothing. */
export function inBurnOrder(lots: readonly Lot[]): Lot[] {
  const end = ({ expiresAt }: Lot) => expiresAt ?? '~';
  return [...lots].sort(
    (a, b) => a.priority - b.priority || (end(a) < end(b) ? -1 : end(a) > end(b) ? 1 : 0),
  );
}

/** Lots put together: the same priority and expiry is the same lot. */
export function add(lots: readonly Lot[], more: readonly Lot[]): Lot[] {
  const out: Lot[] = [...lots];
  for (const lot of more) {
    const at = out.findIndex((one) => isSame(one, lot));
    const known = out[at];
    if (known) out[at] = { ...known, amount: known.amount + lot.amount };
    else if (lot.amount > 0) out.push(lot);
  }
  return inBurnOrder(out);
}

/** Takes an amount in burn order, as far as there is any. */
export function take(lots: readonly Lot[], amount: number): { left: Lot[]; taken: Lot[] } {
  const left: Lot[] = [];
  const taken: Lot[] = [];
  let wanted = amount;
  for (const lot of inBurnOrder(lots)) {
    const some = Math.min(wanted, lot.amount);
    if (some > 0) taken.push({ ...lot, amount: some });
    if (some < lot.amount) left.push({ ...lot, amount: lot.amount - some });
    wanted -= some;
  }
  return { left, taken };
}

/** What comes in pays the debt first, in burn order; the rest are lots. */
export function deposit(lots: readonly Lot[], portions: readonly Lot[], debt: number): Lot[] {
  return take(add(lots, portions), debt).left;
}

/** What is over at a moment, and what is still good. */
export function divide(lots: readonly Lot[], at: string): { due: Lot[]; good: Lot[] } {
  const isDue = ({ expiresAt }: Lot) => expiresAt !== null && expiresAt <= at;
  return { due: lots.filter(isDue), good: lots.filter((one) => !isDue(one)) };
}

/** What a debit took: from lots, and what it owed when they were empty. */
export interface Taken {
  readonly portions: readonly Lot[];
  readonly owed: number;
}

/**
 * Gives back what was taken: what was owed pays the debt first, portions return to their lots. What would have expired
 * meanwhile, and what would open one lot too many, comes back as ordinary credits: a refund is never smaller than its
 * debit.
 */
export function giveBack(
  lots: readonly Lot[],
  { portions, owed }: Taken,
  { debt, at }: { debt: number; at: string },
): Lot[] {
  const { due, good } = divide(portions, at);
  const paid = Math.min(owed, debt);
  const back = [...good, ordinary(total(due) + owed - paid)];
  const fitting = deposit(lots, back, debt - paid);
  const over = special(fitting).length - mostLots;
  if (over <= 0) return fitting;
  const isNew = (lot: Lot) => !lots.some((one) => isSame(one, lot));
  const merged = special(fitting).filter(isNew).slice(-over);
  return add(
    fitting.filter((one) => !merged.includes(one)),
    [ordinary(total(merged))],
  );
}

/** The portions between two places of a sequence, counted in credits. */
export function between(portions: readonly Lot[], from: number, to: number): Lot[] {
  let place = 0;
  return portions.flatMap((lot) => {
    const start = Math.max(from, place);
    place += lot.amount;
    const amount = Math.min(to, place) - start;
    return amount > 0 ? [{ ...lot, amount }] : [];
  });
}

const never = '----';

/** Text that an entry keeps: per lot one digit of priority, four of the hour (base 36), the rest the amount. Source: our own. */
export function pack(lots: readonly Lot[]): string {
  return special(lots)
    .map(({ amount, priority, expiresAt }) => {
      const hour =
        expiresAt === null ? never : (Date.parse(expiresAt) / hourMs).toString(36).padStart(4, '0');
      return `${priority}${hour}${amount.toString(36)}`;
    })
    .join('.');
}

export function unpack(text: string | undefined): Lot[] {
  if (!text) return [];
  return text.split('.').map((one) => {
    const hour = one.slice(1, 5);
    return {
      priority: Number(one[0]),
      expiresAt: hour === never ? null : new Date(Number.parseInt(hour, 36) * hourMs).toISOString(),
      amount: Number.parseInt(one.slice(5), 36),
    };
  });
}
