import * as z from 'zod';

const dayMs = 86_400_000;
const windowDays = 30;
const leastDays = 3;

export const forecast = z.strictObject({
  balance: z.number(),
  averageDailyBurn: z
    .number()
    .nullable()
    .describe('Credits per day over the last 30 days (or since the first entry)'),
  daysOfData: z.number(),
  exhaustsOn: z.string().nullable().describe('Day (UTC) on which the balance reaches zero at this pace'),
  reason: z.enum(['FORECAST', 'TOO_LITTLE_DATA', 'NO_CONSUMPTION', 'ALREADY_EXHAUSTED']),
});
export type Forecast = z.infer<typeof forecast>;

export interface Observed {
  readonly balance: number;
  readonly burned: number;
  readonly burnedBefore: number;
  readonly firstAt: string | undefined;
  readonly now: string;
}

/** The start of the window that a forecast looks back over. */
export const windowStart = (now: string): string =>
  new Date(Date.parse(now) - windowDays * dayMs).toISOString();

/** Average daily burn over the last 30 days, at least 3 days of data; the day on which it uses the balance up. */
export function predict({ balance, burned, burnedBefore, firstAt, now }: Observed): Forecast {
  const days = firstAt ? Math.min(windowDays, (Date.parse(now) - Date.parse(firstAt)) / dayMs) : 0;
  const daysOfData = Math.floor(days * 10) / 10;
  const silent = { balance, averageDailyBurn: null, daysOfData, exhaustsOn: null };
  if (days < leastDays) return { ...silent, reason: 'TOO_LITTLE_DATA' };
  const average = (burned - burnedBefore) / days;
  const averageDailyBurn = Math.round(average * 100) / 100;
  if (balance <= 0) return { ...silent, averageDailyBurn, reason: 'ALREADY_EXHAUSTED' };
  if (average <= 0) return { ...silent, averageDailyBurn, reason: 'NO_CONSUMPTION' };
  const left = Math.min(balance / average, 36_500);
  const exhaustsOn = new Date(Date.parse(now) + left * dayMs).toISOString().slice(0, 10);
  return { balance, averageDailyBurn, daysOfData, exhaustsOn, reason: 'FORECAST' };
}
