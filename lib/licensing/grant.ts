import * as z from 'zod';
import { type Announcement, announce } from '../kit/event.ts';
import { subscriptionExpired, subscriptionExpiring } from './seat-events.ts';
import { dayMs } from './term.ts';

export const licenceKind = z.enum(['TRIAL', 'SUBSCRIPTION', 'MSP']);

/** A running licence as the seat meter knows it. `until` null: until it is removed. `told`: notices of its end so far. */
export const grant = z.object({
  id: z.string(),
  kind: licenceKind,
  seats: z.number(),
  from: z.string(),
  until: z.string().nullable(),
  told: z.number(),
});
export type Grant = z.infer<typeof grant>;

const stages = [30, 7, 1, 0] as const;
const momentOf = (until: string, stage: number): string =>
  new Date(Date.parse(until) - stage * dayMs).toISOString();

export const runsAt = ({ from, until }: Grant, at: string): boolean =>
  from <= at && (until === null || at < until);

/** Seats of the licences that run at an instant. */
export const seatsAt = (grants: readonly Grant[], at: string): number =>
  grants.reduce((sum, one) => sum + (runsAt(one, at) ? one.seats : 0), 0);

/** True where use beyond all seats is metered, not refused. */
export const metersAt = (grants: readonly Grant[], at: string): boolean =>
  grants.some((one) => one.kind === 'MSP' && runsAt(one, at));

/** A licence that begins now: what would be told on its first day is not. */
export function begun(one: Omit<Grant, 'told'>): Grant {
  const { from, until } = one;
  const first = new Date(Date.parse(from) + dayMs).toISOString();
  const silent = until === null ? 0 : stages.filter((stage) => stage > 0 && momentOf(until, stage) <= first);
  return { ...one, told: silent === 0 ? 0 : silent.length };
}

/** When something of its end is to be told next; undefined where nothing is. */
export function toTellAt({ until, told }: Grant): string | undefined {
  const stage = stages[told];
  return until === null || stage === undefined ? undefined : momentOf(until, stage);
}

/** Tells of ends that came near or have come, each licence once, of the latest stage alone. Those that ended are gone. */
export function tellEnds(
  grants: readonly Grant[],
  of: { customerId: string; productId: string },
  now: string,
): { grants: Grant[]; announcements: Announcement[] } {
  const announcements: Announcement[] = [];
  const after = grants.map((one) => {
    const { until, id: subscriptionId, kind, seats } = one;
    if (until === null) return one;
    const passed = stages.filter((stage) => momentOf(until, stage) <= now).length;
    const stage = stages[passed - 1];
    if (passed <= one.told || stage === undefined) return one;
    const ending = { subscriptionId, productId: of.productId, kind, seats, endsAt: until };
    announcements.push(
      stage === 0
        ? announce(subscriptionExpired, of.customerId, ending)
        : announce(subscriptionExpiring, of.customerId, { ...ending, withinDays: stage }),
    );
    return { ...one, told: passed };
  });
  return { grants: after.filter(({ told }) => told < stages.length), announcements };
}
