import * as z from 'zod';
import type { Crossing } from '../kit/band.ts';
import { alertKey, alertPrefix } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';

/** `<meter>.<threshold id>`: `CREDITS.below-50`, `LICENCE.DEVICE.80`, `SEATS.prd_….80`, `PROBE.prb_….down`. */
export const alertId = z
  .string()
  .regex(
    /^(CREDITS|LICENCE\.[A-Z_]{1,40}|(?:PROBE\.prb|SEATS\.prd)_[0-9A-HJKMNP-TV-Z]{26})\.[A-Za-z0-9-]{1,24}$/,
    'must be an alert id',
  );

export const alertIdOf = (meter: string, thresholdId: string): string => `${meter}.${thresholdId}`;
/** What is told of one probe: that it is down. */
export const probeMeter = (probeId: string): string => `PROBE.${probeId}`;
export const downAlert = (probeId: string): string => alertIdOf(probeMeter(probeId), 'down');
/** The probe of an alert; undefined of alerts of another kind. */
export const probeOf = (id: string): string | undefined => /^PROBE\.([^.]+)\./.exec(id)?.[1];
/** The product of an alert of its seats; undefined of alerts of another kind. */
export const productOf = (id: string): string | undefined => /^SEATS\.([^.]+)\./.exec(id)?.[1];
/** The meter and the alerts of an event that tells of a crossing. */
export const crossed = ({ meter, thresholds }: Crossing) => ({
  meter,
  alerts: thresholds.map(({ id }) => alertIdOf(meter, id)),
});

/** The two halves of an alert's identity. */
export function partsOf(id: string): { meter: string; thresholdId: string } {
  const dot = id.lastIndexOf('.');
  return { meter: id.slice(0, dot), thresholdId: id.slice(dot + 1) };
}

/** The level that a threshold's id names: `80` → 80, `below-50` → 50, `days-14` → 14, `down` → 1; undefined when it names none. */
export function levelOf(thresholdId: string): number | undefined {
  if (thresholdId === 'down') return 1;
  const digits = /^(?:below-|days-)?(\d{1,15})$/.exec(thresholdId)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** True of a threshold by how long a balance lasts, not by how much it is. */
export const isByDays = (thresholdId: string): boolean => thresholdId.startsWith('days-');

/** True when `one` is graver than `other`, of the same meter: more of a licence used, fewer credits left. */
export function isGraver(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  const [high, low] = [levelOf(a.thresholdId), levelOf(b.thresholdId)];
  if (a.meter !== b.meter || high === undefined || low === undefined) return false;
  if (isByDays(a.thresholdId) !== isByDays(b.thresholdId)) return false;
  return a.meter === 'CREDITS' ? high < low : high > low;
}

const snooze = z.object({
  until: z.string(),
  since: z.string(),
  by: z.string(),
  reason: z.string().nullable(),
  ticketId: z.string().nullable(),
});
export type Snooze = z.infer<typeof snooze>;

/** What is kept of an alert besides the meter's own state. Absent until someone snoozes it or it is told. */
export const alert = z.object({
  id: z.string(),
  version: z.number(),
  snooze: snooze.nullable(),
  lastNotice: z.object({ id: z.string(), at: z.string(), kind: z.enum(['REACHED', 'RECOVERED']) }).nullable(),
});
export type Alert = z.infer<typeof alert>;

export function toAlert(item: Readonly<Record<string, unknown>>): Alert {
  return alert.parse({ ...item, id: String(item.SK).slice(alertPrefix.length) });
}

export function alertItem(tenantId: string, { id, ...rest }: Alert): Item & { version: number } {
  return { ...alertKey(tenantId, id), kind: 'alert', ...rest };
}

/** The snooze in force at a moment. */
export function snoozeAt(known: Alert | undefined, at: string): Snooze | undefined {
  return known?.snooze && known.snooze.until > at ? known.snooze : undefined;
}
