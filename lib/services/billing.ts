import * as z from 'zod';
import { isOutAt, type Outage } from '../kit/in-service.ts';
import { at, type Instance, type Period } from './instance.ts';
import { pricesAt, type StoredPlan } from './plan.ts';

/** A calendar month that is over or running. */
export const month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month, such as `2026-11`')
  .describe('Calendar month (UTC); a running one is as of now, one that is over as of its end');

/** One line of a bill: a service of a customer, or of one of its users. */
export const billRow = z.strictObject({
  billedBy: z.string().describe('The provider or reseller that bills the customer: its parent at the time'),
  customerId: z.string(),
  customerName: z.string(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  serviceId: z.string(),
  serviceCode: z.string(),
  serviceName: z.string(),
  planId: z.string().nullable(),
  planName: z.string().nullable(),
  sku: z.string().nullable(),
  quantity: z.union([z.literal(0), z.literal(1)]).describe('0 where it is not provisioned, else 1'),
  costPrice: z.number().nullable().describe('Null for resellers'),
  salesPrice: z.number().describe('Of one, in minor units'),
  currency: z.string().nullable(),
  amount: z.number().describe('Quantity × sales price'),
});
export type BillRow = z.infer<typeof billRow>;

/** The first instant of a month and the instant as of which it is billed. */
export function spanOf(name: string, now: string): { begin: string; asOf: string } {
  const begin = `${name}-01T00:00:00.000Z`;
  const next = new Date(begin);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const last = new Date(next.getTime() - 1).toISOString();
  return { begin, asOf: last < now ? last : now };
}

/** Whom a line is for, and when they were deprovisioned: nothing counts then. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly outages?: readonly Outage[];
}

export interface Bill {
  readonly billedBy: string;
  readonly begin: string;
  readonly asOf: string;
  readonly plans: ReadonlyMap<string, StoredPlan>;
  readonly cost: boolean;
}

/** The line of a service, or undefined where it was not there in the month or is a test user's. */
export function rowOf(
  one: Instance,
  of: { customer: Client; service: Instance | undefined },
  bill: Bill,
): BillRow | undefined {
  if (one.removedAt !== undefined && one.removedAt < bill.begin) return undefined;
  const begun = one.periods.filter(({ from }) => from <= bill.asOf);
  const last = begun.at(-1);
  if (!last) return undefined;
  const out = isOutAt(of.customer.outages ?? [], bill.asOf);
  const current = out ? undefined : hadAt(one, of.service, bill.asOf);
  const period = current ?? last;
  if (period.testUser ?? one.testUser) return undefined;
  const plan = period.planId === null ? undefined : bill.plans.get(period.planId);
  const prices = plan && pricesAt(plan, bill.asOf);
  const quantity = current ? 1 : 0;
  const salesPrice = prices?.salesPrice ?? 0;
  return {
    billedBy: bill.billedBy,
    customerId: of.customer.id,
    customerName: of.customer.name,
    userId: one.userId ?? null,
    userName: one.displayName ?? null,
    serviceId: one.serviceId,
    serviceCode: one.code,
    serviceName: one.name,
    planId: period.planId,
    planName: prices?.name ?? plan?.name ?? null,
    sku: (prices?.sku === undefined ? plan?.sku : prices.sku) ?? null,
    quantity,
    costPrice: bill.cost && prices ? prices.costPrice : null,
    salesPrice,
    currency: prices?.currency ?? null,
    amount: quantity * salesPrice,
  };
}

/** The period in which it is had at an instant; a user's counts only within the same one of the customer. */
function hadAt(one: Instance, service: Instance | undefined, instant: string): Period | undefined {
  const period = at(one, instant);
  if (!period || one.userId === undefined) return period;
  const within = service && at(service, instant);
  return within?.epoch === period.epoch ? period : undefined;
}

/** Something of a customer with the place right behind it. */
export interface Placed {
  readonly one: Instance;
  readonly behind: Place;
}

/** What a page of a bill reads of one customer. */
export interface Ledger {
  readonly customer: Client;
  /** All services of the customer: its users' count within them. */
  readonly services: readonly Instance[];
  /** What is not billed yet: services first, then users. */
  readonly open: readonly Placed[];
  /** Where the customer's users go on beyond what was read, else where the next customer begins. */
  readonly next: Place;
  readonly whole: boolean;
}

/**
 * Where a bill goes on: behind a customer, or inside the one after it, behind a service or a user; `gone`: among those
 * who have left the parent since.
 */
export const place = z.object({
  gone: z.boolean().optional(),
  after: z.string().optional(),
  customer: z.string().optional(),
  service: z.string().optional(),
  user: z.string().optional(),
});
export type Place = z.infer<typeof place>;

/** At most `limit` lines of the ledgers read, and where the next page goes on. */
export function linesOf(
  read: { ledgers: readonly Ledger[]; next: Place | null },
  limit: number,
  bill: Bill,
): { rows: BillRow[]; next: Place | null } {
  const rows: BillRow[] = [];
  let last: Place | undefined;
  for (const { customer, services, open, next, whole } of read.ledgers) {
    const byId = new Map(services.map((one) => [one.serviceId, one]));
    for (const { one, behind } of open) {
      if (rows.length === limit && last) return { rows, next: last };
      const row = rowOf(one, { customer, service: byId.get(one.serviceId) }, bill);
      if (row) rows.push(row);
      last = behind;
    }
    if (!whole) return { rows, next };
    last = next;
  }
  return { rows, next: read.next };
}
