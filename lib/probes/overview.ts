import * as z from 'zod';
import { resourceTypes } from '../kit/resource.ts';
import type { Meter } from '../licensing/meter.ts';
import { overLimit, viewOverLimit } from '../licensing/over-limit.ts';
import { resourceType } from '../licensing/resource.ts';
import type { Terms } from '../licensing/terms.ts';
import { countedStates, type ProbeCounts } from './census.ts';
import type { Sum } from './rollup.ts';

const count = z.int();
const probeCounts = z.strictObject(
  Object.fromEntries(countedStates.map((one) => [one, count])) as Record<
    (typeof countedStates)[number],
    typeof count
  >,
);

const resource = z.strictObject({
  resourceType,
  used: z.int(),
  waiting: z.int().describe('Items that found no licence'),
  allocated: z.int().nullable().describe('The limit; null: none of its own'),
  overLimit: overLimit.nullable(),
});

const ownPart = z.strictObject({
  probes: probeCounts.describe('How many are in each state; retired ones are not counted'),
  resources: z.array(resource),
  credits: z.strictObject({ balance: z.number().describe('What is due to expire is off') }),
});

const belowPart = z.strictObject({
  customers: count.describe('Below this node, resellers among them'),
  probes: probeCounts,
  use: z.array(z.strictObject({ resourceType, used: count })),
  overLimit: count.describe('Customers beyond a soft limit'),
  belowZero: count.describe('Customers whose balance fell below zero and has not recovered'),
});

/** What a node looks after, at a glance. */
export const overview = z.strictObject({
  nodeId: z.string(),
  own: ownPart.nullable().describe('The customer itself; null for a provider'),
  below: belowPart
    .nullable()
    .describe('All below it, a moment later than the change itself; null for a customer without customers'),
});

export interface Own {
  readonly probes: ProbeCounts;
  readonly meters: readonly Meter[];
  readonly terms: Terms;
  readonly balance: number;
}

export function viewOwn({ probes, meters, terms, balance }: Own): z.infer<typeof ownPart> {
  return {
    probes: { ...probes },
    resources: meters.map((meter) => ({
      resourceType: meter.type,
      used: meter.used,
      waiting: meter.waiting,
      allocated: meter.limit,
      overLimit: viewOverLimit(meter, terms),
    })),
    credits: { balance },
  };
}

export function viewBelow(sum: Sum): z.infer<typeof belowPart> {
  const of = (one: keyof Sum) => sum[one] ?? 0;
  return {
    customers: of('customers'),
    probes: Object.fromEntries(countedStates.map((one) => [one, of(one)])) as z.infer<typeof probeCounts>,
    use: resourceTypes.map((type) => ({ resourceType: type, used: of(type) })),
    overLimit: of('overLimit'),
    belowZero: of('belowZero'),
  };
}
