import { type Key, licenceDueKey, seatMeterKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type SeatMeter, turnSeats } from './seat-meter.ts';

/** A note that something of a customer's licences of a product is to be looked at. */
export interface LicenceDue extends Key {
  readonly customerId: string;
  readonly productId: string;
}

/** True where a note is the one that the meter waits by. */
export const isDue = ({ customerId, productId, dueAt }: SeatMeter, { SK }: LicenceDue): boolean =>
  dueAt !== null && licenceDueKey({ at: dueAt, customerId, productId }).SK === SK;

/** What mere time has brought: ends that came near or have come, seats beyond what is left, a month that is over. */
export function checkCompliance(meter: SeatMeter, now: string): Plan {
  const turned = turnSeats(meter, {}, now);
  return {
    writes: turned.writes,
    receipt: { action: 'licensing.check_compliance', subject: meter.productId },
    announcements: turned.announcements,
    reply: {},
  };
}

/** Of a customer that was deleted nothing is looked at any more. */
export const dropDue = (
  { PK, SK, customerId, productId }: LicenceDue,
  meter: SeatMeter | undefined,
): Plan => ({
  writes: [
    { do: 'remove', key: { PK, SK } },
    ...(meter ? [{ do: 'remove', key: seatMeterKey(customerId, productId) } as const] : []),
  ],
  reply: {},
});
