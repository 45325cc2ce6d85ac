import * as z from 'zod';
import { type Bands, evaluate, type Threshold } from '../kit/band.ts';
import { type Announcement, announce } from '../kit/event.ts';
import { licenceDueKey, seatMeterKey } from '../kit/keys.ts';
import { percentOf } from '../kit/percent.ts';
import type { Write } from '../kit/plan.ts';
import { type Grant, grant, metersAt, seatsAt, tellEnds, toTellAt } from './grant.ts';
import { seatRecovered, seatsMetered, seatsOverDeployed, seatThreshold } from './seat-events.ts';
import {
  type ClosedMonth,
  measured,
  metered,
  monthOf,
  monthWrite,
  newUse,
  nextMonth,
  peakOf,
  stepped,
  use,
} from './seat-use.ts';
import { dayMs } from './term.ts';

const thresholds = [80, 100] as const;
const rearmPoints = 5;
const reminderMs = 7 * dayMs;

const stored = z.object({
  used: z.number(),
  grants: z.array(grant),
  bands: z.record(z.string(), z.string().nullable()),
  /** Since when more seats are taken than there are; `metered`: an MSP licence allows it. */
  over: z.object({ since: z.string(), metered: z.boolean() }).nullable(),
  use,
  dueAt: z.string().nullable(),
  at: z.string(),
  version: z.number(),
});

/** A customer's seats of a product. `at`: when it was evaluated; `dueAt`: when it is to be, if nothing changes. */
export interface SeatMeter extends z.infer<typeof stored> {
  readonly customerId: string;
  readonly productId: string;
  readonly bands: Bands;
}

/** A stored meter; one of version 0 where nothing is stored yet. */
export function toSeatMeter(
  item: Readonly<Record<string, unknown>> | undefined,
  of: { customerId: string; productId: string; now: string },
): SeatMeter {
  const { now, ...ids } = of;
  const empty = { used: 0, grants: [], bands: {}, over: null, dueAt: null, at: now, version: 0 };
  return item ? { ...ids, ...stored.parse(item) } : { ...ids, ...empty, use: newUse(monthOf(now), 0) };
}

export interface SeatTurn {
  readonly after: SeatMeter;
  readonly closed: readonly ClosedMonth[];
  readonly writes: readonly Write[];
  readonly announcements: readonly Announcement[];
}

/**
 * The meter after a change of any cause, or after mere time: what it was up to now is metered first, then use and
 * licences change, then thresholds, over-deployment and ends are evaluated once. Everything is in `writes`.
 */
export function turnSeats(
  before: SeatMeter,
  change: { readonly used?: number; readonly grants?: readonly Grant[] },
  asked: string,
): SeatTurn {
  // A request that began before another may end after it.
  const now = asked > before.at ? asked : before.at;
  const { use: until, closed } = metered(before, now);
  const used = change.used ?? before.used;
  const ended = tellEnds(change.grants ?? before.grants, before, now);
  const walked = used === before.used ? until : stepped(until, { from: before.used, to: used }, now);
  const next = {
    ...before,
    used,
    grants: ended.grants,
    use: measured(walked, { used, ...ended }, now),
    at: now,
  };
  const crossed = cross(next, now);
  const breach = overAt(next, now);
  const after: SeatMeter = { ...next, bands: crossed.bands, over: breach, dueAt: null };
  const due: SeatMeter = { ...after, dueAt: dueOf(after) };
  return {
    after: { ...due, version: before.version + 1 },
    closed,
    writes: [
      meterWrite(due),
      ...dueWrites(before, due),
      ...closed.map((month) => monthWrite(before.customerId, before.productId, month)),
    ],
    announcements: [
      ...crossed.announcements,
      ...tellOver(before, due),
      ...ended.announcements,
      ...closed.flatMap((month) => tellMonth(before, month)),
    ],
  };
}

function cross(meter: SeatMeter, now: string): { bands: Bands; announcements: Announcement[] } {
  const limit = seatsAt(meter.grants, now);
  const levels: Threshold[] =
    limit === 0
      ? []
      : thresholds.map((percent) => ({
          id: String(percent),
          at: percent * limit,
          rearm: (percent - rearmPoints) * limit,
        }));
  const state = { thresholds: levels, bands: meter.bands, value: meter.used * 100 };
  const { bands, fired, recovered } = evaluate('rising', state, now);
  const tell = (list: readonly Threshold[]) => ({
    meter: seatMeterName(meter.productId),
    productId: meter.productId,
    value: percentOf(meter.used, limit),
    limit,
    used: meter.used,
    thresholds: list.map(({ id }) => ({ id, at: Number(id) })),
  });
  return {
    bands,
    announcements: [
      ...(fired.length > 0 ? [announce(seatThreshold, meter.customerId, tell(fired))] : []),
      ...(recovered.length > 0 ? [announce(seatRecovered, meter.customerId, tell(recovered))] : []),
    ],
  };
}

/** The meter as alerts name it. */
export const seatMeterName = (productId: string): string => `SEATS.${productId}`;

function overAt(meter: SeatMeter, now: string): SeatMeter['over'] {
  if (meter.used <= seatsAt(meter.grants, now)) return null;
  return { since: meter.over?.since ?? now, metered: metersAt(meter.grants, now) };
}

const reminders = (since: string, at: string): number =>
  Math.floor((Date.parse(at) - Date.parse(since)) / reminderMs);

function tellOver(before: SeatMeter, after: SeatMeter): Announcement[] {
  const { over, used, productId, at } = after;
  const limit = seatsAt(after.grants, at);
  const facts = { productId, used, limit, since: over?.since ?? null };
  const tell = (more: { metered: boolean; reminder: number }) => [
    announce(seatsOverDeployed, after.customerId, { ...facts, ...more }),
  ];
  if (!over) return before.over ? tell({ metered: before.over.metered, reminder: 0 }) : [];
  if (before.over?.metered !== over.metered) return tell({ metered: over.metered, reminder: 0 });
  const reminder = reminders(over.since, at);
  if (over.metered || reminder === reminders(over.since, before.at)) return [];
  return tell({ metered: false, reminder });
}

function tellMonth({ customerId, productId }: SeatMeter, month: ClosedMonth): Announcement[] {
  if (month.msp === null) return [];
  const told = {
    productId,
    month: month.month,
    peak: peakOf(month),
    mspSeats: month.msp,
    overage: month.over,
  };
  return [announce(seatsMetered, customerId, told)];
}

function dueOf({ grants, over, use, at }: SeatMeter): string | null {
  const reminder =
    over && !over.metered
      ? [new Date(Date.parse(over.since) + (reminders(over.since, at) + 1) * reminderMs).toISOString()]
      : [];
  const month = use.msp === null ? [] : [nextMonth(at)];
  return [...grants.flatMap((one) => toTellAt(one) ?? []), ...reminder, ...month].sort()[0] ?? null;
}

function meterWrite(meter: SeatMeter): Write {
  const { customerId, productId, ...rest } = meter;
  const version = meter.version + 1;
  const limit = seatsAt(meter.grants, meter.at);
  const kind = 'seatMeter';
  const item = { ...seatMeterKey(customerId, productId), kind, productId, ...rest, limit, version };
  return meter.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: meter.version };
}

function dueWrites(before: SeatMeter, after: SeatMeter): Write[] {
  if (before.dueAt === after.dueAt) return [];
  const { customerId, productId } = after;
  const key = (at: string) => licenceDueKey({ at, customerId, productId });
  return [
    ...(before.dueAt === null ? [] : [{ do: 'remove', key: key(before.dueAt) } as const]),
    ...(after.dueAt === null
      ? []
      : [
          { do: 'create', item: { ...key(after.dueAt), kind: 'licenceDue', customerId, productId } } as const,
        ]),
  ];
}
