import { type Bands, evaluate, type Threshold } from '../kit/band.ts';
import { type Announcement, announce } from '../kit/event.ts';
import { fallingMargin } from '../kit/percent.ts';
import { balanceLow, balanceRecovered } from './events.ts';
import { dayOf } from './forecast.ts';
import type { Settings } from './settings.ts';

/** What alerts are decided from. */
export interface Meter {
  readonly customerId: string;
  readonly settings: Settings;
  readonly balance: number;
  /** Average burn per day; undefined where nothing can be said. */
  readonly perDay: number | undefined;
  readonly bands: Bands;
}

/** Below the alert limit, and always below zero. Re-armed `rearmPercent` of the limit above, at least 1. */
function byBalance({ alertLimit, rearmPercent }: Settings): Threshold[] {
  const margin = fallingMargin(alertLimit, rearmPercent);
  const levels = alertLimit === null || alertLimit === 0 ? [0] : [alertLimit, 0];
  return levels.map((at) => ({ id: `below-${at}`, at, rearm: at + margin }));
}

/** True since its balance was told to be below zero, until it was told to be back. */
export const isToldBelowZero = ({ bands }: { readonly bands: Bands }): boolean => Boolean(bands['below-0']);

/**
 * Days left as a level of the balance: what so many days burn. Re-armed `rearmPercent` of the days above, at least one.
 * Without burn no balance is too low. Looked at with each entry: what takes days away is an entry.
 */
function byDays({ settings, perDay }: Meter): Threshold[] {
  const { daysLeftAlert: days, rearmPercent } = settings;
  if (days === null) return [];
  const level = (count: number) => (perDay === undefined ? Number.NEGATIVE_INFINITY : count * perDay);
  return [{ id: `days-${days}`, at: level(days), rearm: level(days + fallingMargin(days, rearmPercent)) }];
}

/** Which thresholds an entry crosses, either way: one announcement for all of them. */
export function judge(
  meter: Meter,
  at: string,
): { bands: Bands; daysLeft: number | undefined; announcements: Announcement[] } {
  const { customerId, settings, balance } = meter;
  const thresholds = [...byBalance(settings), ...byDays(meter)];
  const { bands, fired, recovered } = evaluate(
    'falling',
    { thresholds, bands: meter.bands, value: balance },
    at,
  );
  const said = (crossed: readonly Threshold[]) => ({
    meter: 'CREDITS',
    value: balance,
    limit: settings.alertLimit,
    thresholds: crossed.map(({ id, at: level }) => ({
      id,
      at: id.startsWith('days-') ? (settings.daysLeftAlert ?? 0) : level,
    })),
    ...(crossed.some(({ id }) => id.startsWith('days-')) ? leftOf(meter, at) : {}),
  });
  return {
    bands,
    daysLeft: settings.daysLeftAlert === null ? undefined : leftOf(meter, at).daysLeft,
    announcements: [
      ...(fired.length > 0 ? [announce(balanceLow, customerId, said(fired))] : []),
      ...(recovered.length > 0 ? [announce(balanceRecovered, customerId, said(recovered))] : []),
    ],
  };
}

function leftOf({ balance, perDay }: Meter, at: string): { daysLeft?: number; exhaustsOn?: string } {
  if (perDay === undefined) return {};
  const days = Math.max(0, balance) / perDay;
  return { daysLeft: Math.floor(days * 10) / 10, exhaustsOn: dayOf(at, days) };
}
