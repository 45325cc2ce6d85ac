import * as z from 'zod';
import { planKey } from '../kit/keys.ts';
import { type Plan as Decision, difference, type Item, refuse } from '../kit/plan.ts';
import { line, name, whole } from '../kit/text.ts';
import { noUserPlans } from './problems.ts';
import type { Service } from './service.ts';

const audience = z.enum(['CUSTOMER', 'USER']);
const price = whole(0, 1_000_000_000_000).describe('In minor units of the currency, per month');
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code, such as `EUR`');
const sku = line(40).nullable();

/** A level of a service with its prices, for customers or for users. */
export const plan = z.strictObject({
  id: z.string().describe('`pln_…`'),
  serviceId: z.string(),
  audience,
  name: z.string(),
  sku: z.string().nullable(),
  costPrice: price.nullable().describe('Null for resellers'),
  salesPrice: price,
  currency: z.string(),
  createdAt: z.string(),
});
export type PlanView = z.infer<typeof plan>;

export const newPlan = z.strictObject({
  audience,
  name: name(64),
  sku: sku.default(null),
  costPrice: price,
  salesPrice: price,
  currency,
});
export const changedPlan = z
  .strictObject({ name: name(64), sku, costPrice: price, salesPrice: price, currency })
  .partial();

const prices = z.object({
  from: z.string(),
  costPrice: z.number(),
  salesPrice: z.number(),
  currency: z.string(),
  /** Absent where stored before they were kept. */
  name: z.string().optional(),
  sku: z.string().nullable().optional(),
});
const stored = plan
  .omit({ costPrice: true, salesPrice: true, currency: true })
  .extend({ prices: z.array(prices).min(1), version: z.number() })
  .strip();

/** A plan with all its prices, names and stock codes, oldest first: a bill takes those of its time. */
export type StoredPlan = z.infer<typeof stored>;
export const toPlan = (item: Readonly<Record<string, unknown>>): StoredPlan => stored.parse(item);

const keptPrices = 60;

export function pricesAt(one: StoredPlan, at: string): z.infer<typeof prices> {
  return one.prices.findLast(({ from }) => from <= at) ?? (one.prices[0] as z.infer<typeof prices>);
}

/** What a caller sees of a plan; cost is the provider's own affair. */
export function viewPlan(one: StoredPlan, sees: { cost: boolean }): PlanView {
  const { prices: all, version: _, ...rest } = one;
  const { costPrice, salesPrice, currency } = all.at(-1) as z.infer<typeof prices>;
  return { ...rest, costPrice: sees.cost ? costPrice : null, salesPrice, currency };
}

const toItem = (providerId: string, one: StoredPlan): Item & { version: number } => ({
  ...planKey(providerId, one.serviceId, one.id),
  ...one,
  kind: 'plan',
});

/** Adds a plan to a service. */
export function addPlan(
  service: Service,
  command: z.output<typeof newPlan>,
  made: { id: string; providerId: string; now: string },
): Decision<PlanView> {
  if (command.audience === 'USER' && service.kind !== 'USER') refuse(noUserPlans);
  const { costPrice, salesPrice, currency, ...rest } = command;
  const added: StoredPlan = {
    id: made.id,
    serviceId: service.id,
    ...rest,
    prices: [{ from: made.now, costPrice, salesPrice, currency, name: rest.name, sku: rest.sku }],
    createdAt: made.now,
    version: 1,
  };
  const body = viewPlan(added, { cost: true });
  return {
    writes: [{ do: 'create', item: toItem(made.providerId, added) }],
    receipt: { action: 'services.add_plan', subject: added.id, after: { ...body } },
    reply: { body, version: 1, location: `/v1/services/${service.id}/plans/${added.id}` },
  };
}

/** Changes a plan; new prices, name and stock code count from now on, past bills keep theirs. */
export function changePlan(
  before: StoredPlan,
  change: z.output<typeof changedPlan>,
  made: { providerId: string; now: string },
): Decision<PlanView> {
  const old = viewPlan(before, { cost: true });
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const body: PlanView = { ...old, ...given };
  const differing = difference(old, body);
  const fields = Object.keys(differing.after);
  if (fields.length === 0) return { writes: [], reply: { body: old, version: before.version } };
  const { name, sku, salesPrice, currency } = body;
  const fresh = { from: made.now, costPrice: body.costPrice ?? 0, salesPrice, currency, name, sku };
  const after: StoredPlan = {
    ...before,
    name,
    sku,
    prices: [...before.prices, fresh].slice(-keptPrices),
    version: before.version + 1,
  };
  return {
    writes: [{ do: 'replace', version: before.version, item: toItem(made.providerId, after) }],
    receipt: { action: 'services.change_plan', subject: before.id, ...differing },
    reply: { body, version: after.version },
  };
}
