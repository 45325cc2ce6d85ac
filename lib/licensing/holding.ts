import * as z from 'zod';
import { percentOf } from '../kit/percent.ts';
import { metersAt, runsAt, seatsAt } from './grant.ts';
import type { SeatMeter } from './seat-meter.ts';
import {
  type ClosedMonth,
  daysOf,
  metered,
  monthOf,
  newUse,
  nextMonth,
  peakOf,
  type Use,
} from './seat-use.ts';

/** What a customer holds of a product, by the clock at the time of reading. */
export const holding = z.strictObject({
  productId: z.string(),
  state: z
    .enum(['LICENSED', 'OVER_DEPLOYED', 'METERED', 'UNLICENSED'])
    .describe(
      'OVER_DEPLOYED: more seats are taken than there are; METERED: as well, and an MSP licence allows it; UNLICENSED: no licence runs and no seat is taken',
    ),
  seats: z.number().describe('Of all running licences'),
  used: z.number(),
  remaining: z.number().describe('Never below 0'),
  usedPercent: z.number().nullable().describe('Two decimals, rounded down; null without seats'),
  bands: z.array(
    z.strictObject({
      threshold: z.number().describe('Percent of the seats'),
      firedAt: z.string().nullable().describe('null: armed'),
    }),
  ),
});
export type Holding = z.infer<typeof holding>;

export function viewHolding(meter: SeatMeter, now: string): Holding {
  const { productId, used, grants, bands } = meter;
  const seats = seatsAt(grants, now);
  const runs = grants.some((one) => runsAt(one, now));
  const over = metersAt(grants, now) ? ('METERED' as const) : ('OVER_DEPLOYED' as const);
  return {
    productId,
    state: used > seats ? over : runs ? 'LICENSED' : 'UNLICENSED',
    seats,
    used,
    remaining: Math.max(0, seats - used),
    usedPercent: seats === 0 ? null : percentOf(used, seats),
    bands: Object.entries(bands)
      .map(([threshold, firedAt]) => ({ threshold: Number(threshold), firedAt }))
      .sort((a, b) => a.threshold - b.threshold),
  };
}

/** What was metered of a product in a month. */
export const seatUsage = z.strictObject({
  productId: z.string(),
  peak: z.number().describe('Most seats taken at once'),
  mspSeats: z
    .number()
    .nullable()
    .describe('Most seats taken at once beyond the customer’s own licences; null: it ran on no MSP licence'),
  overage: z.number().describe('Most seats taken at once beyond all licences'),
  days: z.array(z.strictObject({ day: z.string(), peak: z.number() })),
});
export type SeatUsage = z.infer<typeof seatUsage>;

/**
 * A month of a meter as it is known now. `kept` is the newest month of that time or before that is kept. Undefined
 * where nothing was metered yet.
 */
export function usageIn(
  meter: SeatMeter,
  month: string,
  at: { now: string; kept: ClosedMonth | undefined },
): SeatUsage | undefined {
  const { use, closed } = metered(meter, at.now);
  const known = [...(at.kept ? [at.kept] : []), ...closed].filter((one) => one.month <= month).at(-1);
  const found: Use | undefined =
    month === use.month ? use : known?.month === month ? known : known && newUse(month, known.close);
  if (!found) return undefined;
  const { msp: mspSeats, over: overage } = found;
  return {
    productId: meter.productId,
    peak: peakOf(found),
    mspSeats,
    overage,
    days: daysOf(found, daysIn(month, at.now)),
  };
}

/** Days of a month so far. */
const daysIn = (month: string, now: string): number =>
  month === monthOf(now)
    ? Number(now.slice(8, 10))
    : new Date(Date.parse(nextMonth(`${month}-01`)) - 1).getUTCDate();
