import * as z from 'zod';
import { meterPrefix } from '../kit/keys.ts';
import { type Alert, alertIdOf, levelOf, snoozeAt } from './alert.ts';

const bands = z.record(z.string(), z.string().nullable());

/** What an alert is about, read from a licence meter or from the ledger's newest entry. */
export interface Reading {
  readonly meter: string;
  /** Percent used, or the balance; null where there is no limit to compare with. */
  readonly value: number | null;
  readonly used: number | null;
  readonly limit: number | null;
  /** When the value was last evaluated, where that is kept. */
  readonly at: string | null;
  readonly bands: Readonly<Record<string, string | null>>;
  /** Level back across which a threshold tells again. */
  readonly rearmOf: (level: number) => number;
}

const licence = z.object({
  used: z.number(),
  limit: z.number().nullable(),
  bands,
  at: z.string().nullish(),
});

/** A licence meter's item. Percentages are rounded down to two decimals, so that none looks reached that is not. */
export function toLicenceReading(item: Readonly<Record<string, unknown>>, rearmPoints: number): Reading {
  const { used, limit, at, ...rest } = licence.parse(item);
  return {
    meter: `LICENCE.${String(item.SK).slice(meterPrefix.length)}`,
    value: limit ? Math.floor((used * 10_000) / limit) / 100 : null,
    used,
    limit,
    at: at ?? null,
    bands: rest.bands,
    rearmOf: (level) => Math.max(0, level - rearmPoints),
  };
}

const ledgerHead = z.object({
  balance: z.number(),
  at: z.string(),
  alertLimit: z.number().nullable(),
  rearmPercent: z.number(),
  bands,
});

/** The newest entry of a credit ledger. */
export function toCreditReading(item: Readonly<Record<string, unknown>>): Reading {
  const { balance, at, alertLimit, rearmPercent, ...rest } = ledgerHead.parse(item);
  const margin = Math.max(1, Math.ceil(((alertLimit ?? 0) * rearmPercent) / 100));
  return {
    meter: 'CREDITS',
    value: balance,
    used: null,
    limit: alertLimit,
    at,
    bands: rest.bands,
    rearmOf: (level) => level + margin,
  };
}

export const alertView = z.strictObject({
  id: z.string().describe('`<meter>.<threshold>`, for example `LICENCE.DEVICE.80` or `CREDITS.below-50`'),
  meter: z.string(),
  threshold: z.number().describe('Percent of the limit, or credits'),
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
