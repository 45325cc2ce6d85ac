import * as z from 'zod';
import { dayAfter, dayAt, plusDays } from '../kit/day.ts';
import { malformed, Problem } from '../kit/problem.ts';
import { whole } from '../kit/text.ts';

/** Longest term, in days. */
export const mostDays = 3660;
export const dayMs = 86_400_000;

/** How long a term is: whole days, or until a day. */
export const termDays = whole(1, mostDays).describe(
  'Whole days after the day of activation, or after the last day of a term that still runs',
);
export const endsOn = z.iso.date().describe('The last day');

/** A term ends at midnight of its last day, as the customer's clocks show it. */
export interface Term {
  readonly lastDay: string;
  readonly endsAt: string;
  readonly timeZone: string;
}

export const termUntil = (lastDay: string, timeZone: string): Term => ({
  lastDay,
  endsAt: dayAfter(lastDay, timeZone),
  timeZone,
});

/** The term of so many days from an instant: the day of the instant itself comes on top. */
export const termFrom = (now: string, days: number, timeZone: string): Term =>
  termUntil(plusDays(dayAt(now, timeZone), days), timeZone);

/**
 * The term that a purchase asks for. `running`: when the one that still runs ends; the new one comes after the day that
 * the customer's clocks show then, so that it never ends earlier, wherever the customer has moved.
 */
export function termAsked(
  asked: { readonly termDays?: number | undefined; readonly endsOn?: string | undefined },
  at: { now: string; timeZone: string; running?: string | undefined; pointer: string },
): Term {
  const today = dayAt(at.now, at.timeZone);
  const last = at.running && dayAt(new Date(Date.parse(at.running) - 1).toISOString(), at.timeZone);
  const base = last ?? today;
  const lastDay = asked.endsOn ?? plusDays(base, asked.termDays ?? 0);
  const wrong =
    lastDay > plusDays(today, 2 * mostDays)
      ? `must be before ${plusDays(today, 2 * mostDays)}`
      : lastDay < today || (last !== undefined && lastDay <= last)
        ? `must be after ${last ?? plusDays(today, -1)}`
        : undefined;
  if (wrong) throw new Problem(malformed, undefined, { errors: [{ pointer: at.pointer, message: wrong }] });
  return termUntil(lastDay, at.timeZone);
}
