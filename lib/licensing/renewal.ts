import * as z from 'zod';
import { difference, type Plan, refuse } from '../kit/plan.ts';
import { mustRedeem, redeemWrite } from './licence-key.ts';
import {
  keyUnknown,
  notRenewable,
  seatsOfTerm,
  subscriptionRemoved,
  tooManySubscriptions,
} from './problems.ts';
import { seats } from './product.ts';
import { mustBeCustomers } from './purchaser.ts';
import { turnSeats } from './seat-meter.ts';
import {
  applied,
  attestation,
  type Ground,
  grantOf,
  mostRunning,
  mustBeGiven,
  renewedPurchase,
  tellChange,
} from './subscribe.ts';
import {
  auditable,
  changedWrite,
  type Subscription,
  type SubscriptionView,
  stateAt,
  viewSubscription,
} from './subscription.ts';
import { type Term, termAsked } from './term.ts';

export const newRenewal = z.discriminatedUnion('source', [renewedPurchase, applied]);
export type NewRenewal = z.output<typeof newRenewal>;

/** Carries a licence on: from the end of its term, or from now where it has ended. It stays the same licence. */
export function renew(
  ground: Ground,
  found: { before: Subscription; command: NewRenewal },
  now: string,
): Plan<SubscriptionView> {
  const { customerId, meter } = ground;
  const { before, command } = found;
  if (before.kind !== 'SUBSCRIPTION' || before.removedAt !== null) refuse(notRenewable);
  mustBeGiven(ground.product, command.source === 'LICENCE_KEY' ? '#/licenceKey' : '#/params/subscriptionId');
  const running = stateAt(before, now) !== 'EXPIRED';
  const { term, writes, ...given } = renewedBy(ground, found, { now, running });
  const after: Subscription = {
    ...before,
    ...given,
    ...term,
    startsAt: running ? before.startsAt : now,
    renewals: before.renewals + 1,
  };
  const others = meter.grants.filter(({ id }) => id !== before.id);
  if (others.length >= mostRunning) refuse(tooManySubscriptions, undefined, { most: mostRunning });
  const turned = turnSeats(meter, { grants: [...others, grantOf(after)] }, now);
  return {
    writes: [changedWrite(customerId, after), ...writes, ...turned.writes],
    receipt: {
      action: 'subscriptions.renew',
      subject: before.id,
      ...withAttestation(difference(auditable(before), auditable(after)), command),
    },
    announcements: tellChange(customerId, after, 'RENEWED', turned),
    reply: { body: viewSubscription(after, now), version: before.version + 1 },
  };
}

const withAttestation = (differing: ReturnType<typeof difference>, command: NewRenewal) => ({
  ...differing,
  after: { ...differing.after, ...attestation(command) },
});

function renewedBy(
  ground: Ground,
  { before, command }: { before: Subscription; command: NewRenewal },
  { now, running }: { now: string; running: boolean },
) {
  const { customerId, timeZone, partner, providerId } = ground;
  const until = running ? (before.endsAt ?? undefined) : undefined;
  const asked = (
    days: { termDays?: number | undefined; endsOn?: string | undefined },
    pointer: string,
  ): Term => termAsked(days, { now, timeZone, running: until, pointer });
  if (command.source === 'PURCHASE') {
    const { company, email } = command.purchaser;
    mustBeCustomers(command.purchaser, partner, '#/purchaser');
    const term = asked(command, command.endsOn === undefined ? '#/termDays' : '#/endsOn');
    return { term, seats: command.seats ?? before.seats, purchaser: { company, email }, writes: [] };
  }
  const key = mustRedeem(command.licenceKey, ground.licenceKey, { now, pointer: '#/licenceKey' });
  if (key.productId !== before.productId) refuse(keyUnknown, 'The licence key is for another product');
  const term = asked({ termDays: key.days }, '#/licenceKey');
  const writes = [redeemWrite(providerId, key, { customerId, subscriptionId: before.id })];
  return { term, seats: key.seats, licenceKeyId: key.id, writes };
}

export const changedSubscription = z.strictObject({ seats });

/** Other seats of an MSP licence from now on; what the month was metered at stays. */
export function changeSeats(
  { customerId, meter }: Pick<Ground, 'customerId' | 'meter'>,
  { before, seats }: { before: Subscription; seats: number },
  now: string,
): Plan<SubscriptionView> {
  if (before.removedAt !== null) refuse(subscriptionRemoved);
  if (before.kind !== 'MSP') refuse(seatsOfTerm);
  const unchanged = { body: viewSubscription(before, now), version: before.version };
  if (before.seats === seats) return { writes: [], reply: unchanged };
  const after: Subscription = { ...before, seats };
  const grants = meter.grants.map((one) => (one.id === before.id ? { ...one, seats } : one));
  const turned = turnSeats(meter, { grants }, now);
  return {
    writes: [changedWrite(customerId, after), ...turned.writes],
    receipt: {
      action: 'subscriptions.change',
      subject: before.id,
      ...difference(auditable(before), auditable(after)),
    },
    announcements: tellChange(customerId, after, 'CHANGED', turned),
    reply: { body: viewSubscription(after, now), version: before.version + 1 },
  };
}

/** Ends a licence at once: its seats count no more. The month of an MSP licence is metered to its end all the same. */
export function removeSubscription(
  ground: Pick<Ground, 'customerId' | 'meter'>,
  before: Subscription,
  now: string,
): Plan {
  if (before.removedAt !== null) refuse(subscriptionRemoved);
  const { customerId, meter } = ground;
  const after: Subscription = { ...before, removedAt: now };
  const turned = turnSeats(meter, { grants: meter.grants.filter(({ id }) => id !== before.id) }, now);
  return {
    writes: [changedWrite(customerId, after), ...turned.writes],
    receipt: {
      action: 'subscriptions.remove',
      subject: before.id,
      ...difference(auditable(before), auditable(after)),
    },
    announcements: tellChange(customerId, after, 'REMOVED', turned),
    reply: { status: 204 },
  };
}
