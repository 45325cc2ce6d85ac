import * as z from 'zod';
import type { Meter } from '../licensing/meter.ts';
import { type ResourceType, resourceType } from '../licensing/resource.ts';
import { type Counts, counts, type Pulse } from './pulse.ts';

export const windowDays = 30;
const dayMs = 86_400_000;
/** Percent on top of the peak. */
const marginPercent = 10;

const stored = z.object({ probeId: z.string(), day: z.string(), counts });
/** What a probe had counted last on a day. */
export type Observed = z.infer<typeof stored>;
export const toObserved = (item: Readonly<Record<string, unknown>>): Observed => stored.parse(item);

export const recommendedAllocation = z.strictObject({
  resources: z.array(
    z.strictObject({
      resourceType,
      managed: z.int(),
      waiting: z.int().describe('Items that found no licence'),
      observedNow: z.int().describe('Sum of what the probes counted last'),
      peak: z.int().describe('The most that they counted together, on a day of the window or now'),
      peakOn: z.string().nullable().describe('The day (UTC) of the peak; null where nothing was counted'),
      recommended: z.int().describe('The peak and 10 %, rounded up; at least what is managed'),
    }),
  ),
  standsOn: z.strictObject({
    from: z.string().describe('First day (UTC) of the window'),
    to: z.string(),
    days: z.int().describe('Days of it for which something is known'),
    probes: z.int().describe('Probes that have counted anything and are not retired or revoked'),
  }),
});
type View = z.infer<typeof recommendedAllocation>;

/** The first day of the window that ends now. */
export const windowFrom = (now: string): string =>
  new Date(Date.parse(now) - windowDays * dayMs).toISOString().slice(0, 10);

/** What a customer should be allocated by what its probes have seen. A probe that says nothing of a day counts for none. */
export function recommend(
  seen: {
    readonly meters: readonly Meter[];
    readonly pulses: readonly Pulse[];
    readonly observed: readonly Observed[];
  },
  now: string,
): View {
  const to = now.slice(0, 10);
  const from = windowFrom(now);
  const counting = seen.pulses.filter(
    ({ state, countedAt }) => countedAt !== undefined && state !== 'RETIRED' && state !== 'REVOKED',
  );
  const days = byDay(seen.observed.filter(({ day }) => day >= from && day <= to));
  // What was counted last still holds, whenever that was.
  const present = new Map(counting.map((pulse) => [pulse.id, pulse.counts]));
  days.set(to, new Map([...(days.get(to) ?? []), ...present]));
  const known = [...days].filter(([, probes]) => probes.size > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    resources: seen.meters.map((meter) => {
      const { type, used: managed, waiting } = meter;
      const peak = peakOf(known, type);
      const wanted = Math.ceil((peak.count * (100 + marginPercent)) / 100);
      return {
        resourceType: type,
        managed,
        waiting,
        observedNow: total(present, type),
        peak: peak.count,
        peakOn: peak.day,
        recommended: Math.max(managed, wanted),
      };
    }),
    standsOn: { from, to, days: known.length, probes: counting.length },
  };
}

type Day = ReadonlyMap<string, Counts>;

function byDay(observed: readonly Observed[]): Map<string, Day> {
  const days = new Map<string, Map<string, Counts>>();
  for (const { day, probeId, counts: totals } of observed)
    days.set(day, (days.get(day) ?? new Map()).set(probeId, totals));
  return days;
}

const total = (day: Day, type: ResourceType): number =>
  [...day.values()].reduce((sum, one) => sum + (one[type] ?? 0), 0);

function peakOf(
  days: readonly (readonly [string, Day])[],
  type: ResourceType,
): { count: number; day: string | null } {
  let peak: { count: number; day: string | null } = { count: 0, day: null };
  for (const [day, probes] of days) {
    const count = total(probes, type);
    if (count > peak.count) peak = { count, day };
  }
  return peak;
}
