import * as z from 'zod';
import { seatMonthKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { type Grant, metersAt, seatsAt } from './grant.ts';

/**
 * What is metered of a month (UTC). `days` holds the days on which use changed, each with its peak and its last use;
 * on others it was what it had been before. `msp`: most seats beyond the customer's own licences while it ran on the
 * partner's; null: it did not. `over`: most seats beyond all licences.
 */
export const use = z.object({
  month: z.string(),
  opening: z.number(),
  days: z.record(z.string(), z.tuple([z.number(), z.number()])),
  msp: z.number().nullable(),
  over: z.number(),
});
export type Use = z.infer<typeof use>;

/** A month that is over, with the use that the next one began with. */
const closedMonth = use.extend({ close: z.number() });
export type ClosedMonth = z.infer<typeof closedMonth>;
export const toClosedMonth = (item: Readonly<Record<string, unknown>>): ClosedMonth =>
  closedMonth.parse(item);

export const monthOf = (at: string): string => at.slice(0, 7);
/** The first instant of the month after an instant, UTC. */
export function nextMonth(at: string): string {
  const [year = 0, month = 0] = at.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString();
}

export const newUse = (month: string, opening: number): Use => ({
  month,
  opening,
  days: {},
  msp: null,
  over: 0,
});

/** Use and licences as they stand at an instant, counted into the month. */
export function measured(use: Use, of: { used: number; grants: readonly Grant[] }, at: string): Use {
  const beyond = Math.max(0, of.used - seatsAt(of.grants, at));
  const own = seatsAt(
    of.grants.filter(({ kind }) => kind !== 'MSP'),
    at,
  );
  const msp = metersAt(of.grants, at) ? Math.max(use.msp ?? 0, of.used - own) : use.msp;
  return { ...use, over: Math.max(use.over, beyond), msp };
}

/** Another use from an instant on. */
export function stepped(use: Use, by: { from: number; to: number }, at: string): Use {
  const day = at.slice(8, 10);
  const [peak] = use.days[day] ?? [by.from];
  return { ...use, days: { ...use.days, [day]: [Math.max(peak, by.to), by.to] } };
}

/** What was metered up to an instant while use stayed as it was and licences began and ended; months that are over. */
export function metered(
  of: { used: number; grants: readonly Grant[]; use: Use; at: string },
  to: string,
): { use: Use; closed: ClosedMonth[] } {
  const closed: ClosedMonth[] = [];
  let now = of.use;
  for (const moment of momentsOf(of, to)) {
    if (monthOf(moment) !== now.month) {
      // A month without anything to tell is what the one before ended with.
      if (closed.length === 0 || now.msp !== null || now.over > 0) closed.push({ ...now, close: of.used });
      now = newUse(monthOf(moment), of.used);
    }
    now = measured(now, of, moment);
  }
  return { use: now, closed };
}

function momentsOf(of: { grants: readonly Grant[]; at: string }, to: string): string[] {
  const moments = new Set<string>();
  for (const { from, until } of of.grants)
    for (const moment of [from, until]) if (moment && moment > of.at && moment <= to) moments.add(moment);
  for (let month = nextMonth(of.at); month <= to; month = nextMonth(month)) moments.add(month);
  return [...moments].sort();
}

export function monthWrite(customerId: string, productId: string, month: ClosedMonth): Write {
  const key = seatMonthKey(customerId, productId, month.month);
  return { do: 'create', item: { ...key, kind: 'seatMonth', productId, ...month } };
}

export const peakOf = ({ opening, days }: Use): number =>
  Math.max(opening, ...Object.values(days).map(([peak]) => peak));

/** The peak of each day of a month, up to `last` (`01`…). */
export function daysOf({ month, opening, days }: Use, last: number): { day: string; peak: number }[] {
  let carried = opening;
  return Array.from({ length: last }, (_, index) => {
    const day = String(index + 1).padStart(2, '0');
    const [peak, close] = days[day] ?? [carried, carried];
    carried = close;
    return { day: `${month}-${day}`, peak };
  });
}
