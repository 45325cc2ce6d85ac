import * as z from 'zod';
import { each, get, getAll, page } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import {
  licenceKeyKey,
  managementKey,
  memberPrefix,
  nodeKey,
  partition,
  productKey,
  seatKey,
  seatMeterKey,
  seatMeterPrefix,
  seatMonthKey,
  subscriptionKey,
} from '../kit/keys.ts';
import { type Node, providerOf, type Scope } from '../kit/scope.ts';
import type { LicenceDue } from './compliance.ts';
import { traitsOf } from './known-by.ts';
import { readKey, toLicenceKey } from './licence-key.ts';
import { type Management, toManagement } from './management.ts';
import { mostProducts, toProduct } from './product.ts';
import type { Partner } from './purchaser.ts';
import { type Seat, toSeat } from './seat.ts';
import { type SeatMeter, toSeatMeter } from './seat-meter.ts';
import { type ClosedMonth, toClosedMonth } from './seat-use.ts';
import type { Ground } from './subscribe.ts';
import { type Subscription, toSubscription } from './subscription.ts';

interface Asked {
  readonly customerId: string;
  readonly now: string;
  readonly scope: () => Promise<Scope>;
  /** What names the product; a licence key does so itself. */
  readonly productId?: string | undefined;
  readonly licenceKey?: string | undefined;
  /** Whether the partner's people are to be known. */
  readonly purchase: boolean;
}

/** What a licence is given or renewed from, after the caller's check. */
export async function groundOf(asked: Asked): Promise<Ground> {
  const { customerId, now } = asked;
  const { target } = await asked.scope();
  const providerId = providerOf(target);
  const named = asked.licenceKey === undefined ? undefined : readKey(asked.licenceKey);
  const productId = asked.productId ?? named?.productId ?? '';
  const keys = [productKey(providerId, productId), seatMeterKey(customerId, productId)];
  const [[product, meter, key], partner] = await Promise.all([
    getAll([...keys, ...(named ? [licenceKeyKey(providerId, named.keyId)] : [])], true),
    asked.purchase ? partnerOf(target) : { names: [], addresses: [], domains: [] },
  ]);
  return {
    customerId,
    providerId,
    ...traitsOf(target.item),
    product: product && toProduct(product),
    meter: toSeatMeter(meter, { customerId, productId, now }),
    licenceKey: key && toLicenceKey(key),
    partner,
  };
}

const above = z.object({
  name: z.string(),
  email: z.string().nullish(),
  accountManagerEmail: z.string().nullish(),
  domains: z.array(z.union([z.string(), z.object({ name: z.string() })])).catch([]),
});
const managed = z.object({ accountManagerEmail: z.string().nullish() });

/** Everybody above a customer: a handful of staff of its provider and of the resellers between. */
export async function partnerOf({ path, item }: Pick<Node, 'path' | 'item'>): Promise<Partner> {
  const nodes = path.slice(1, -1);
  const [profiles, staff] = await Promise.all([
    getAll(nodes.map(nodeKey)),
    Promise.all(nodes.map(addressesAt)),
  ]);
  const known = profiles.flatMap((one) => (one ? [above.parse(one)] : []));
  const said = [
    managed.parse(item).accountManagerEmail,
    ...known.flatMap((one) => [one.email, one.accountManagerEmail]),
  ];
  return {
    names: known.map(({ name }) => name),
    addresses: [...staff.flat(), ...said.flatMap((one) => one ?? [])],
    domains: known.flatMap(({ domains }) => domains.map((one) => (typeof one === 'string' ? one : one.name))),
  };
}

async function addressesAt(nodeId: string): Promise<string[]> {
  const out: string[] = [];
  for await (const item of each({ partition: partition(nodeId), prefix: memberPrefix, limit: 100 }))
    out.push(String(item.email));
  return out;
}

/** A licence with its meter: a second round trip, for the licence names the product. */
export async function subscriptionAndMeter(of: {
  customerId: string;
  subscriptionId: string;
  now: string;
}): Promise<{ found: Subscription; meter: SeatMeter } | undefined> {
  const found = await subscriptionOf(of.customerId, of.subscriptionId);
  return found && { found, meter: await seatMeterOf(of.customerId, found.productId, of.now) };
}

export async function subscriptionOf(
  customerId: string,
  subscriptionId: string,
): Promise<Subscription | undefined> {
  const item = await get(subscriptionKey(customerId, subscriptionId), true);
  return item && toSubscription(item);
}

/** A page of a customer's licences, the oldest first. */
export function subscriptionPage(customerId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(customerId, 'SUBSCRIPTION'), limit, after, consistent: true });
}

export async function seatMeterOf(customerId: string, productId: string, now: string): Promise<SeatMeter> {
  return toSeatMeter(await get(seatMeterKey(customerId, productId), true), { customerId, productId, now });
}

/** A meter and a seat of it, as far as there is one. */
export async function meterAndSeat(
  of: { customerId: string; productId: string; machineRef: string },
  now: string,
): Promise<{ meter: SeatMeter; seat: Seat | undefined }> {
  const { customerId, productId, machineRef } = of;
  const keys = [seatMeterKey(customerId, productId), seatKey(customerId, productId, machineRef)];
  const [meter, seat] = await getAll(keys, true);
  return { meter: toSeatMeter(meter, { customerId, productId, now }), seat: seat && toSeat(seat) };
}

/** A page of the seats of a product by what holds them. */
export function seatPage(
  of: { customerId: string; productId: string },
  limit: number,
  after: string | undefined,
) {
  const prefix = seatKey(of.customerId, of.productId, '').SK;
  return page({ partition: partition(of.customerId, 'SEAT'), prefix, limit, after });
}

/** The meters of all products of which a customer has or had a licence. */
export async function seatMetersOf(customerId: string, now: string): Promise<SeatMeter[]> {
  const range = { partition: partition(customerId), prefix: seatMeterPrefix, limit: mostProducts };
  const { items } = await page({ ...range, consistent: true });
  return items.map((item) => toSeatMeter(item, { customerId, productId: String(item.productId), now }));
}

/** Meters, each with the newest month kept up to one that is asked for where it does not hold that itself. */
export async function usageOf(
  customerId: string,
  month: string,
  now: string,
): Promise<{ meter: SeatMeter; kept: ClosedMonth | undefined }[]> {
  const meters = await seatMetersOf(customerId, now);
  return Promise.all(
    meters.map(async (meter) => ({
      meter,
      kept: month < meter.use.month ? await monthUpTo(customerId, meter.productId, month) : undefined,
    })),
  );
}

async function monthUpTo(
  customerId: string,
  productId: string,
  month: string,
): Promise<ClosedMonth | undefined> {
  const [from, to] = ['', month].map((one) => seatMonthKey(customerId, productId, one).SK);
  const range = { partition: partition(customerId, 'SEAT_USE'), from: from ?? '', to: to ?? '' };
  const { items } = await page({ ...range, limit: 1, backwards: true });
  return items[0] && toClosedMonth(items[0]);
}

const due = z.object({ PK: z.string(), SK: z.string(), customerId: z.string(), productId: z.string() });

/** Notes of what is due by a moment, the oldest first. One Query; of nothing 0.5 RCU. */
export async function licencesDue(
  at: string,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<{ notes: LicenceDue[]; next: string | null }> {
  const { items, next } = await page({
    partition: partition(platformId, 'LICENCE_DUE'),
    to: `${at}~`,
    limit,
    after,
    consistent: true,
  });
  return { notes: items.map((item) => due.parse(item)), next };
}

/** The meter that a note speaks of, its customer as stored, and whether the note is still there. */
export async function dueStanding({ PK, SK, customerId, productId }: LicenceDue, now: string) {
  const keys = [seatMeterKey(customerId, productId), nodeKey(customerId), { PK, SK }];
  const [meter, node, note] = await getAll(keys, true);
  return {
    meter: meter && toSeatMeter(meter, { customerId, productId, now }),
    node,
    waits: note !== undefined,
  };
}

export async function managementOf(customerId: string): Promise<Management> {
  return toManagement(await get(managementKey(customerId), true));
}
