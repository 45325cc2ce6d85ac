import * as z from 'zod';
import { subscriptionKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { licenceKind } from './grant.ts';
import { dayMs } from './term.ts';

const expiringMs = 30 * dayMs;

/** A licence of a product that a customer holds. */
export const subscription = z.strictObject({
  id: z.string().describe('`sub_…`; renewal keeps it'),
  productId: z.string(),
  kind: licenceKind.describe(
    'TRIAL; SUBSCRIPTION: bought by or for the customer; MSP: provided by the partner',
  ),
  state: z
    .enum(['ACTIVE', 'EXPIRING', 'EXPIRED', 'REMOVED'])
    .describe('By the clock at the time of reading; EXPIRING: it ends within 30 days'),
  seats: z.number(),
  startsAt: z.string(),
  lastDay: z.string().nullable().describe('It ends at midnight of this day; null: when it is removed'),
  endsAt: z.string().nullable(),
  timeZone: z.string().describe('Whose midnight: the customer’s when the term was set'),
  purchaser: z.strictObject({ company: z.string(), email: z.string() }).nullable(),
  licenceKeyId: z.string().nullable().describe('The key that was redeemed last'),
  renewals: z.number(),
  removedAt: z.string().nullable(),
  createdAt: z.string(),
});
export type SubscriptionView = z.infer<typeof subscription>;

const stored = subscription.omit({ state: true }).extend({ version: z.number() }).strip();
export type Subscription = z.infer<typeof stored>;

export const toSubscription = (item: Readonly<Record<string, unknown>>): Subscription =>
  stored.parse({ ...item, kind: item.licenceKind });

export function stateAt({ endsAt, removedAt }: Subscription, now: string): SubscriptionView['state'] {
  if (removedAt !== null) return 'REMOVED';
  if (endsAt === null) return 'ACTIVE';
  if (endsAt <= now) return 'EXPIRED';
  return Date.parse(endsAt) - Date.parse(now) <= expiringMs ? 'EXPIRING' : 'ACTIVE';
}

export const viewSubscription = ({ version: _, ...rest }: Subscription, now: string): SubscriptionView => ({
  ...rest,
  state: stateAt({ ...rest, version: 0 }, now),
});

/** What an audit entry, which is kept for good, says of it: nothing that names or reaches a person. */
export const auditable = ({ purchaser: _, version: __, ...rest }: Subscription): Record<string, unknown> =>
  rest;

function toItem(
  customerId: string,
  { kind, ...rest }: Subscription,
  version: number,
): Item & { version: number } {
  return {
    ...subscriptionKey(customerId, rest.id),
    ...rest,
    kind: 'subscription',
    licenceKind: kind,
    version,
  };
}

export const addedWrite = (customerId: string, one: Subscription): Write => ({
  do: 'create',
  item: toItem(customerId, one, 1),
});

/** Over the version that `one` was read at. */
export const changedWrite = (customerId: string, one: Subscription): Write => ({
  do: 'replace',
  version: one.version,
  item: toItem(customerId, one, one.version + 1),
});
