import * as z from 'zod';
import { mostAhead } from '../kit/hearing.ts';
import { observedKey, pulseKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { whole } from '../kit/text.ts';
import { counts, type Pulse } from './pulse.ts';

/** Reports are numbered from 1; more than a probe can send in its life. */
export const mostReports = 1_000_000_000_000;
/** How long the counts of a day are kept. */
const keptDays = 400;

export const usageReport = z.strictObject({
  sequence: whole(1, mostReports).describe(
    'Higher than that of the report before, by at most 1,000,000; from 1 after each enrolment',
  ),
  counts: counts.describe('What there is now, by resource type: totals, not differences'),
});
export type UsageReport = z.infer<typeof usageReport>;

export const dayOf = (at: string): string => at.slice(0, 10);

/** True where a report's number leaves too few for those to come. */
export const isTooFar = ({ usage }: Pulse, { sequence }: UsageReport): boolean =>
  sequence - usage > mostAhead;

/** What a usage report changes of the pulse. */
export function counted({ sequence, counts: totals }: UsageReport, now: string) {
  return { usage: sequence, counts: totals, countedAt: now };
}

/**
 * A report beyond what one write can take: the first of all, or the first of a day. What was counted last on the day
 * before stays as that day's observation. Bound to the report before and to its day; days never go back.
 */
export function countAnew(before: Pulse, report: UsageReport, now: string): Write[] {
  const { customerId, id, state, generation, usage, day } = before;
  const today = dayOf(now);
  const over = day !== undefined && day < today ? day : undefined;
  return [
    {
      do: 'amend',
      key: pulseKey(customerId, id),
      set: { ...counted(report, now), day: over || day === undefined ? today : day },
      where: { state, generation, usage, day: day ?? null },
    },
    ...(over === undefined ? [] : [{ do: 'create', item: observation(before, over, now) } as const]),
  ];
}

function observation({ customerId, id, counts: totals, countedAt }: Pulse, day: string, now: string): Item {
  const expiresAt = Math.floor(Date.parse(now) / 1000) + keptDays * 86_400;
  const key = observedKey(customerId, day, id);
  return { ...key, kind: 'observed', probeId: id, day, counts: totals, at: countedAt, expiresAt };
}
