import * as z from 'zod';
import type { Announcement } from '../kit/event.ts';
import { idPattern } from '../kit/id.ts';
import { seatKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { metersAt, runsAt, seatsAt } from './grant.ts';
import { noLicence, seatOfMachine, seatsExhausted, seatTaken } from './problems.ts';
import { type SeatMeter, turnSeats } from './seat-meter.ts';

/** A name for what holds a seat: stands in keys and paths. */
export const machineRef = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'must be 1 to 64 of letters, digits and . _ : -')
  .describe('What holds the seat: a serial number, a host name or an id of yours; never a person');

export const seat = z.strictObject({ machineRef: z.string(), productId: z.string(), takenAt: z.string() });
export type Seat = z.infer<typeof seat>;
export const toSeat = (item: Readonly<Record<string, unknown>>): Seat => seat.strip().parse(item);

/** Refuses where a seat is a machine's own, which goes with the machine alone. */
export function mustBeFree(machineRef: string): void {
  if (idPattern('machine').test(machineRef)) refuse(seatOfMachine);
}

/** A change of seats, for whoever puts it into a transaction of its own. */
export interface SeatChange {
  readonly meter: SeatMeter;
  readonly writes: readonly Write[];
  readonly announcements: readonly Announcement[];
}

/** Takes a seat: within the seats of running licences, or beyond them where an MSP licence meters that. */
export function takeSeat(before: SeatMeter, machineRef: string, now: string): SeatChange & { seat: Seat } {
  const { customerId, productId, used, grants } = before;
  const limit = seatsAt(grants, now);
  if (!grants.some((one) => runsAt(one, now))) refuse(noLicence, undefined, { used, limit });
  if (used + 1 > limit && !metersAt(grants, now))
    refuse(seatsExhausted, `${used} of ${limit} seats are taken`, { used, limit });
  const seat = { machineRef, productId, takenAt: now };
  const item = { ...seatKey(customerId, productId, machineRef), kind: 'seat', ...seat };
  const turned = turnSeats(before, { used: used + 1 }, now);
  return {
    seat,
    meter: turned.after,
    writes: [{ do: 'create', item, taken: new Problem(seatTaken) }, ...turned.writes],
    announcements: turned.announcements,
  };
}

/** Frees a seat that is held: who has seen it and comes second finds the meter changed. */
export function freeSeat(before: SeatMeter, seat: Seat, now: string): SeatChange {
  const { customerId, productId, used } = before;
  const turned = turnSeats(before, { used: used - 1 }, now);
  return {
    meter: turned.after,
    writes: [{ do: 'remove', key: seatKey(customerId, productId, seat.machineRef) }, ...turned.writes],
    announcements: turned.announcements,
  };
}
