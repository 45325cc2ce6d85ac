import * as z from 'zod';
import { inherit, levelsOf, type NoticeLayer } from '../kit/inherit.ts';
import { meterPrefix } from '../kit/keys.ts';
import { fallingMargin, percentOf } from '../kit/percent.ts';
import { type Alert, alertIdOf, isByDays, levelOf, probeMeter, snoozeAt } from './alert.ts';

const bands = z.record(z.string(), z.string().nullable());

/** What an alert is about, read from a licence or seat meter, the ledger's newest entry or a probe's pulse. */
export interface Reading {
  readonly meter: string;
  /** Percent used, or the balance; null where there is no limit to compare with. */
  readonly value: number | null;
  readonly used: number | null;
  readonly limit: number | null;
  /** When the value was last evaluated, where that is kept. */
  readonly at: string | null;
  readonly bands: Readonly<Record<string, string | null>>;
  /** Ids of the thresholds that the settings name, evaluated or not. */
  readonly configured: readonly string[];
  /** Level back across which a threshold tells again. */
  readonly rearmOf: (level: number, thresholdId: string) => number;
  /** How many days the balance lasts, where a threshold compares that; null where no pace is known. */
  readonly daysLeft?: number | null;
}

const licence = z.object({
  used: z.number(),
  limit: z.number().nullable(),
  enforcement: z.enum(['HARD', 'SOFT']),
  bands,
  at: z.string().nullish(),
});

/** A licence meter's item, under the settings in force. */
export function toLicenceReading(
  item: Readonly<Record<string, unknown>>,
  layers: readonly NoticeLayer[] = [],
): Reading {
  const { used, limit, enforcement, at, ...rest } = licence.parse(item);
  const type = String(item.SK).slice(meterPrefix.length);
  const { rearmPoints } = inherit(layers);
  return {
    meter: `LICENCE.${type}`,
    value: limit ? percentOf(used, limit) : null,
    used,
    limit,
    at: at ?? null,
    bands: rest.bands,
    configured: levelsOf(layers, { type, limit, enforcement }).map(String),
    rearmOf: (level) => Math.max(0, level - rearmPoints),
  };
}

const seats = z.object({
  productId: z.string(),
  used: z.number(),
  limit: z.number(),
  at: z.string(),
  bands,
});

/** A meter of seats, as it was evaluated last. */
export function toSeatReading(item: Readonly<Record<string, unknown>>): Reading {
  const { productId, used, limit, at, ...rest } = seats.parse(item);
  return {
    meter: `SEATS.${productId}`,
    value: limit === 0 ? null : percentOf(used, limit),
    used,
    limit,
    at,
    bands: rest.bands,
    configured: limit === 0 ? [] : ['80', '100'],
    rearmOf: (level) => level - 5,
  };
}

const ledgerHead = z.object({
  balance: z.number(),
  at: z.string(),
  alertLimit: z.number().nullable(),
  rearmPercent: z.number(),
  daysLeft: z.number().optional(),
  bands,
});

/** The newest entry of a credit ledger. */
export function toCreditReading(item: Readonly<Record<string, unknown>>): Reading {
  const { balance, at, alertLimit, rearmPercent, daysLeft = null, ...rest } = ledgerHead.parse(item);
  const margin = fallingMargin(alertLimit, rearmPercent);
  return {
    meter: 'CREDITS',
    value: balance,
    used: null,
    limit: alertLimit,
    at,
    bands: rest.bands,
    configured: [],
    rearmOf: (level, id) => level + (isByDays(id) ? fallingMargin(level, rearmPercent) : margin),
    daysLeft,
  };
}

const pulse = z.object({
  id: z.string(),
  state: z.string(),
  seenAt: z.string().optional(),
  downSince: z.string().optional(),
  told: z.boolean().optional(),
});

/** A probe's pulse: 1 while it is down, else 0. What a maintenance window keeps from being told has not fired. */
export function toProbeReading(item: Readonly<Record<string, unknown>>): Reading {
  const { id, state, seenAt = null, downSince = null, told } = pulse.parse(item);
  const down = state === 'DOWN';
  return {
    meter: probeMeter(id),
    value: down ? 1 : 0,
    used: null,
    limit: null,
    at: seenAt,
    bands: { down: down && told ? downSince : null },
    configured: ['down'],
    rearmOf: () => 0,
  };
}

export const alertView = z.strictObject({
  id: z
    .string()
    .describe(
      '`<meter>.<threshold>`, for example `LICENCE.DEVICE.80`, `SEATS.prd_….80`, `CREDITS.below-50` or `PROBE.prb_….down`',
    ),
  meter: z.string(),
  threshold: z
    .number()
    .describe('Percent of the limit, credits, days that the balance lasts, or 1 of a probe that is down'),
  state: z.enum(['ARMED', 'FIRED']).describe('FIRED: told, and not yet back across the re-arm level'),
  since: z.string().nullable().describe('When it fired'),
  snoozedUntil: z.string().nullable(),
});
export type AlertView = z.infer<typeof alertView>;

/** The alerts of a meter, lowest level first. */
export function alertsIn(reading: Reading, known: readonly Alert[], now: string): AlertView[] {
  return Object.entries(reading.bands)
    .flatMap(([thresholdId, since]) => {
      const threshold = levelOf(thresholdId);
      if (threshold === undefined) return [];
      const id = alertIdOf(reading.meter, thresholdId);
      const snooze = snoozeAt(
        known.find((one) => one.id === id),
        now,
      );
      const state = since === null ? ('ARMED' as const) : ('FIRED' as const);
      return [{ id, meter: reading.meter, threshold, state, since, snoozedUntil: snooze?.until ?? null }];
    })
    .sort((a, b) => a.threshold - b.threshold);
}
