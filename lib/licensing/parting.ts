import { dayAt, plusDays } from '../kit/day.ts';
import type { Announcement } from '../kit/event.ts';
import type { Write } from '../kit/plan.ts';
import { copied, type OwnList, type Product } from './product.ts';
import { type SeatMeter, turnSeats } from './seat-meter.ts';
import { metered, peakOf } from './seat-use.ts';
import { grantOf, tellChange } from './subscribe.ts';
import { changedWrite, type Subscription, stateAt } from './subscription.ts';
import { termUntil } from './term.ts';

/** What becomes of the partner's licences when a customer leaves it. */
export type Consequence = 'return-to-pool' | 'customer-buys';

export interface LicenceFate {
  readonly subscriptionId: string;
  readonly productId: string;
  readonly productName: string;
  readonly kind: Subscription['kind'];
  readonly seats: number;
  /** Seats of the product that are taken, whatever licence they are of. */
  readonly used: number;
  readonly fate: 'ENDS_NOW' | 'ENDS_AT_DEADLINE' | 'STAYS';
  readonly endsAt: string | null;
  /** Of an MSP licence: what was metered of the month so far. */
  readonly metered?: Metered;
}

export interface Metered {
  readonly month: string;
  readonly peak: number;
  readonly mspSeats: number;
  readonly overage: number;
}

/** Everything that a customer holds of a partner's products. */
export interface Licences {
  readonly subscriptions: readonly Subscription[];
  readonly meters: readonly SeatMeter[];
  /** Those of the partner that its licences or seats name. */
  readonly products: readonly Product[];
  readonly own: OwnList;
  readonly providerId: string;
  readonly timeZone: string;
}

/** How a customer's licences part from its partner. */
export interface Parting {
  readonly fates: readonly LicenceFate[];
  /** Midnight, in the customer's time zone, when what runs on ends; null where it ends at once. */
  readonly deadline: string | null;
  readonly writes: readonly Write[];
  readonly announcements: readonly Announcement[];
}

// Up to the removal: that its seats are over then is none of it.
function meteredOf(meter: SeatMeter | undefined, now: string): { metered?: Metered } {
  if (!meter) return {};
  const { use } = metered(meter, now > meter.at ? now : meter.at);
  return { metered: { month: use.month, peak: peakOf(use), mspSeats: use.msp ?? 0, overage: use.over } };
}

/** Ends the partner's licences now or at a deadline; trials and what the customer bought run on, with their products. */
export function part(
  customerId: string,
  held: Licences,
  asked: { licences: Consequence; deadlineDays: number | null; plannedAt: string; now: string },
): Parting {
  const { now, licences } = asked;
  const { timeZone, products, own } = held;
  const days = asked.deadlineDays ?? 0;
  const term = termUntil(plusDays(dayAt(asked.plannedAt, timeZone), days), timeZone);
  const deadline = licences === 'customer-buys' ? term : undefined;
  const running = held.subscriptions.filter((one) => !['REMOVED', 'EXPIRED'].includes(stateAt(one, now)));
  const ending = running.filter(({ kind }) => kind === 'MSP');
  const after = ending.map(
    (one): Subscription => (deadline ? { ...one, ...deadline } : { ...one, removedAt: now }),
  );
  const turns = held.meters.flatMap((meter) => {
    const own = after.filter(({ productId }) => productId === meter.productId);
    if (own.length === 0) return [];
    const others = meter.grants.filter(({ id }) => !own.some((one) => one.id === id));
    const grants = [...others, ...(deadline ? own.map(grantOf) : [])];
    return [{ turned: turnSeats(meter, { grants }, now), own }];
  });
  const name = (id: string) => products.find((one) => one.id === id)?.name ?? id;
  const used = (id: string) => held.meters.find((one) => one.productId === id)?.used ?? 0;
  return {
    fates: running.map(({ id, productId, kind, seats, endsAt }) => {
      const goes = kind === 'MSP';
      return {
        ...{
          subscriptionId: id,
          productId,
          productName: name(productId),
          kind,
          seats,
          used: used(productId),
        },
        fate: goes ? (deadline ? 'ENDS_AT_DEADLINE' : 'ENDS_NOW') : 'STAYS',
        endsAt: goes ? (deadline?.endsAt ?? null) : endsAt,
        ...(goes
          ? meteredOf(
              held.meters.find((one) => one.productId === productId),
              now,
            )
          : {}),
      };
    }),
    deadline: deadline?.endsAt ?? null,
    writes: [
      ...after.map((one) => changedWrite(customerId, one)),
      ...turns.flatMap(({ turned }) => turned.writes),
      ...copied({ customerId, origin: held.providerId }, products, own),
    ],
    announcements: turns.flatMap(({ turned, own: [first, ...more] }) => [
      ...(first ? tellChange(customerId, first, deadline ? 'CHANGED' : 'REMOVED', turned) : []),
      ...more.flatMap((one) =>
        tellChange(customerId, one, deadline ? 'CHANGED' : 'REMOVED', { ...turned, announcements: [] }),
      ),
    ]),
  };
}
