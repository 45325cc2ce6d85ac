import * as z from 'zod';
import { leastDays, windowDays } from './pace.ts';

const dayMs = 86_400_000;
const farthestDays = 36_500;
const mostSuggested = 1_000_000_000;

export const forecast = z.strictObject({
  balance: z.number().describe('What is due to expire is already off'),
  averageDailyBurn: z
    .number()
    .nullable()
    .describe('Credits per day over the last 30 days (or since the first entry)'),
  daysOfData: z.number(),
  daysLeft: z.number().nullable().describe('How long the balance lasts at this pace'),
  exhaustsOn: z.string().nullable().describe('Day (UTC) on which the balance reaches zero at this pace'),
  coverDays: z.number(),
  suggestedTopUp: z
    .number()
    .nullable()
    .describe('What to grant so that the balance lasts `coverDays` days; null where no pace is known'),
  reason: z.enum(['FORECAST', 'TOO_LITTLE_DATA', 'NO_CONSUMPTION', 'ALREADY_EXHAUSTED']),
});
export type Forecast = z.infer<typeof forecast>;

export interface Observed {
  readonly balance: number;
  readonly burned: number;
  readonly burnedBefore: number;
  readonly firstAt: string | undefined;
  readonly now: string;
  /** For how many days a suggested top-up is to last; 30 when absent. */
  readonly coverDays?: number;
}

/** The start of the window that a forecast looks back over. */
export const windowStart = (now: string): string =>
  new Date(Date.parse(now) - windowDays * dayMs).toISOString();

/** The day (UTC) so many days after a moment, at most a hundred years. */
export const dayOf = (at: string, days: number): string =>
  new Date(Date.parse(at) + Math.min(days, farthestDays) * dayMs).toISOString().slice(0, 10);

/** Average daily burn over the last 30 days, at least 3 days of data; the day on which it uses the balance up. */
export function predict({ balance, burned, burnedBefore, firstAt, now, coverDays = 30 }: Observed): Forecast {
  const days = firstAt ? Math.min(windowDays, (Date.parse(now) - Date.parse(firstAt)) / dayMs) : 0;
  const daysOfData = tenths(days);
  const silent = { balance, averageDailyBurn: null, daysOfData, daysLeft: null, exhaustsOn: null, coverDays };
  if (days < leastDays) return { ...silent, suggestedTopUp: null, reason: 'TOO_LITTLE_DATA' };
  const average = (burned - burnedBefore) / days;
  const averageDailyBurn = Math.round(average * 100) / 100;
  const suggestedTopUp = Math.min(mostSuggested, Math.max(0, Math.ceil(average * coverDays - balance)));
  const known = { ...silent, averageDailyBurn, suggestedTopUp };
  if (balance <= 0) return { ...known, daysLeft: 0, reason: 'ALREADY_EXHAUSTED' };
  if (average <= 0) return { ...known, reason: 'NO_CONSUMPTION' };
  const left = balance / average;
  return { ...known, daysLeft: tenths(left), exhaustsOn: dayOf(now, left), reason: 'FORECAST' };
}

const tenths = (value: number) => Math.floor(Math.min(value, farthestDays) * 10) / 10;
