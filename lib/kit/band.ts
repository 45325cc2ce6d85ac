import * as z from 'zod';

/** A level at which people are told, and the level back across which it may tell again. */
export interface Threshold {
  /** Stable identity; another level is another threshold. */
  readonly id: string;
  readonly at: number;
  readonly rearm: number;
}

/** A threshold without an entry, or with null, is armed; a time says since when it has fired. */
export type Bands = Readonly<Record<string, string | null>>;

export type Direction = 'rising' | 'falling';

export interface Evaluation {
  readonly bands: Bands;
  readonly fired: readonly Threshold[];
  readonly recovered: readonly Threshold[];
}

/**
 * Band hysteresis: rising meters fire at value ≥ threshold and re-arm at value ≤ re-arm level; falling meters
 * fire at value < threshold and re-arm at value ≥ re-arm level. Firing disarms; re-arming after a firing is
 * announced as recovered. Thresholds that are gone are forgotten; new ones start armed, so fire when crossed.
 */
export function evaluate(
  direction: Direction,
  state: { thresholds: readonly Threshold[]; bands: Bands; value: number },
  now: string,
): Evaluation {
  const bands: Record<string, string | null> = {};
  const fired: Threshold[] = [];
  const recovered: Threshold[] = [];
  for (const threshold of state.thresholds) {
    const since = state.bands[threshold.id] ?? null;
    const crossed = direction === 'rising' ? state.value >= threshold.at : state.value < threshold.at;
    const back = direction === 'rising' ? state.value <= threshold.rearm : state.value >= threshold.rearm;
    if (since === null && crossed) fired.push(threshold);
    if (since !== null && back) recovered.push(threshold);
    bands[threshold.id] = since === null ? (crossed ? now : null) : back ? null : since;
  }
  return { bands, fired, recovered };
}

/** What an event says of an evaluation that crossed something. */
export const crossing = z.strictObject({
  /** `CREDITS` or `LICENCE.<resource type>`: with the threshold's id the alert's identity. */
  meter: z.string(),
  /** The value compared: a balance, or the percent used (two decimals). */
  value: z.number(),
  /** The limit in force: the credit alert limit, or the allocation. */
  limit: z.number().nullable(),
  /** Used and allocated amounts behind a percentage. */
  used: z.number().optional(),
  /** Ids of the thresholds crossed in this one evaluation, lowest level first. */
  thresholds: z.array(z.strictObject({ id: z.string(), at: z.number() })).min(1),
});
export type Crossing = z.infer<typeof crossing>;
