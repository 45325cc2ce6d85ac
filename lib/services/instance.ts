import * as z from 'zod';

export const status = z.enum([
  'NotProvisioned',
  'Requested',
  'InProgress',
  'Provisioned',
  'Failed',
  'Pending',
]);

const period = z.object({
  planId: z.string().nullable(),
  from: z.string(),
  to: z.string().nullable(),
  epoch: z.number(),
  testUser: z.boolean().optional(),
});
/** A time in which a service was had, under one plan. `epoch` counts how often the customer began to have it. */
export type Period = z.infer<typeof period>;

const keptPeriods = 60;

const stored = z
  .object({
    PK: z.string(),
    SK: z.string(),
    serviceId: z.string(),
    code: z.string(),
    name: z.string(),
    multiInstance: z.boolean().default(false),
    status,
    planId: z.string().nullable(),
    epoch: z.number(),
    periods: z.array(period),
    version: z.number(),
    createdAt: z.string(),
    userId: z.string().optional(),
    displayName: z.string().optional(),
    testUser: z.boolean().optional(),
    removedAt: z.string().optional(),
  })
  .strip();

/** A service as a customer or one of its users has it, or had it. */
export type Instance = z.infer<typeof stored>;
export const toInstance = (item: Readonly<Record<string, unknown>>): Instance => stored.parse(item);

export const isHad = (one: Instance | undefined): one is Instance =>
  one !== undefined && one.status !== 'NotProvisioned';

/** A user has a service only in the time in which the customer has it: when the customer lost it, so did the users. */
export const isHadWithin = (one: Instance | undefined, customer: Instance | undefined): one is Instance =>
  isHad(one) && isHad(customer) && one.epoch === customer.epoch;

/** Ends what is open. */
export const closed = (periods: readonly Period[], now: string): Period[] =>
  periods.map((one) => ({ ...one, to: one.to ?? now }));

/** Ends what is open and begins anew. */
export function opened(
  periods: readonly Period[],
  begin: { planId: string | null; epoch: number; testUser?: boolean; now: string },
): Period[] {
  const { now, ...rest } = begin;
  return [...closed(periods, now), { ...rest, from: now, to: null }].slice(-keptPeriods);
}

/** Since when it is had under its plan: a user's test flag may have changed meanwhile. */
export function since({ periods }: Pick<Instance, 'periods'>): string | undefined {
  let last = periods.at(-1);
  for (const one of periods.slice(0, -1).reverse()) {
    if (!last || one.to !== last.from || one.planId !== last.planId || one.epoch !== last.epoch) break;
    if (one.testUser === last.testUser) break;
    last = one;
  }
  return last?.from;
}

export const at = (one: Pick<Instance, 'periods'>, instant: string): Period | undefined =>
  one.periods.findLast(({ from, to }) => from <= instant && (to === null || to > instant));
