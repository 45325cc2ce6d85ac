import * as z from 'zod';
import { type Bands, evaluate, type Threshold } from '../kit/band.ts';
import { type Announcement, announce } from '../kit/event.ts';
import { percentOf } from '../kit/percent.ts';
import { allocationRecovered, allocationThreshold, overLimitChanged } from './events.ts';
import type { ResourceType } from './resource.ts';

const stored = z.object({
  used: z.number(),
  waiting: z.number().default(0),
  limit: z.number().nullable(),
  enforcement: z.enum(['HARD', 'SOFT']),
  bands: z.record(z.string(), z.string().nullable()),
  overSince: z.string().nullable(),
  epoch: z.number().default(0),
  version: z.number(),
});

/**
 * What a customer uses of one resource type. `limit` null: no limit (always so for a customer that shares the pool).
 * `waiting` counts the items that found no licence. `version` counts all changes, `epoch` those that were more than a step of use inside its window.
 */
export interface Meter extends z.infer<typeof stored> {
  readonly customerId: string;
  readonly type: ResourceType;
  readonly bands: Bands;
}

export type MeterChange = Partial<Pick<Meter, 'used' | 'waiting' | 'limit' | 'enforcement'>>;

/** What is told about a meter, and what follows when it stays over its limit. */
export interface Rules {
  /** Percentages of the limit; empty: nothing is told. */
  readonly thresholds: readonly number[];
  readonly rearmPoints: number;
  readonly graceDays: number;
  readonly effect: 'block-new' | 'mark';
}

/** A stored meter; one of version 0 where nothing is stored yet. */
export function toMeter(
  item: Readonly<Record<string, unknown>> | undefined,
  of: { customerId: string; type: ResourceType },
): Meter {
  const empty = {
    used: 0,
    waiting: 0,
    limit: null,
    enforcement: 'HARD',
    bands: {},
    overSince: null,
    epoch: 0,
    version: 0,
  } as const;
  return { ...of, ...(item ? stored.parse(item) : empty) };
}

/** Licences that the limit takes out of the pool, and those in use beyond it. */
export const reserved = (meter: Meter): number => meter.limit ?? 0;
export const drawn = (meter: Meter): number => Math.max(0, meter.used - reserved(meter));

export function graceEnd(overSince: string, days: number): string {
  return new Date(Date.parse(overSince) + days * 86_400_000).toISOString();
}

/** How many more items may be managed: by the limit, and by what the pool has left. */
export function room(meter: Meter, rules: Rules, at: { free: number; now: string }): number {
  const unused = Math.max(0, reserved(meter) - meter.used);
  const byPool = unused + Math.max(0, at.free);
  return mayExceed(meter, rules, at.now) ? byPool : Math.min(unused, byPool);
}

function mayExceed(
  { limit, enforcement, overSince }: Meter,
  { effect, graceDays }: Rules,
  now: string,
): boolean {
  if (limit === null) return true;
  if (limit === 0 || enforcement === 'HARD') return false;
  return effect === 'mark' || overSince === null || now < graceEnd(overSince, graceDays);
}

/** Levels in hundredths of a licence, so that percentages compare exactly. No limit, no levels. */
export function levels(
  { limit, enforcement }: Pick<Meter, 'limit' | 'enforcement'>,
  rules: Rules,
): Threshold[] {
  if (limit === null || limit === 0) return [];
  return rules.thresholds
    .filter((percent) => percent <= 100 || enforcement === 'SOFT')
    .toSorted((a, b) => a - b)
    .map((percent) => ({
      id: String(percent),
      at: percent * limit,
      rearm: Math.max(0, percent - rules.rearmPoints) * limit,
    }));
}

/** The meter after a change of any cause, and what is announced about it: at most one notice per direction. */
export function turnMeter(
  before: Meter,
  change: MeterChange,
  at: { rules: Rules; now: string },
): { after: Meter; announcements: Announcement[] } {
  const next = { ...before, ...change };
  const { bands, fired, recovered } = evaluate(
    'rising',
    { thresholds: levels(next, at.rules), bands: before.bands, value: next.used * 100 },
    at.now,
  );
  const over = next.limit !== null && next.used > next.limit;
  const after: Meter = { ...next, bands, overSince: over ? (before.overSince ?? at.now) : null };
  const announcements: Announcement[] = [];
  if (fired.length > 0)
    announcements.push(announce(allocationThreshold, after.customerId, tell(after, fired)));
  if (recovered.length > 0)
    announcements.push(announce(allocationRecovered, after.customerId, tell(after, recovered)));
  if ((before.overSince === null) !== (after.overSince === null))
    announcements.push(announce(overLimitChanged, after.customerId, tellOver(after, at.rules)));
  return { after, announcements };
}

function tell({ type, used, limit }: Meter, crossed: readonly Threshold[]) {
  const allocated = limit ?? 0;
  const usedPercent = percentOf(used, allocated);
  return {
    meter: `LICENCE.${type}`,
    value: usedPercent,
    limit,
    used,
    resourceType: type,
    allocated,
    usedPercent,
    remaining: Math.max(0, allocated - used),
    thresholds: crossed.map(({ id }) => ({ id, at: Number(id) })),
  };
}

function tellOver({ type, used, limit, overSince }: Meter, { graceDays, effect }: Rules) {
  const graceUntil = overSince && graceEnd(overSince, graceDays);
  return { resourceType: type, allocated: limit, used, overSince, graceUntil, effect };
}
