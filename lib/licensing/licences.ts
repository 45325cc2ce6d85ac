import * as z from 'zod';
import { percentOf } from '../kit/percent.ts';
import { resourceTypes } from '../kit/resource.ts';
import { type Account, meterOf, rulesOf } from './account.ts';
import { levels, type Meter } from './meter.ts';
import { overLimit, viewOverLimit } from './over-limit.ts';
import { resourceType } from './resource.ts';

/** A customer's model, limits, use and alert state, as callers see them. */
export const licences = z.strictObject({
  customerId: z.string(),
  model: z.enum(['SHARED', 'ALLOCATED']),
  graceDays: z.number(),
  overLimitEffect: z.enum(['block-new', 'mark']),
  resources: z.array(
    z.strictObject({
      resourceType,
      allocated: z.number().nullable().describe('The limit; null: none of its own'),
      enforcement: z.enum(['HARD', 'SOFT']).nullable(),
      used: z.number(),
      remaining: z.number().nullable().describe('Never below 0; null without a limit'),
      usedPercent: z.number().nullable().describe('Two decimals, rounded down; null without a limit'),
      overLimit: overLimit.nullable(),
      bands: z.array(
        z.strictObject({
          threshold: z.number().describe('Percent of the limit'),
          firedAt: z.string().nullable().describe('null: armed'),
        }),
      ),
    }),
  ),
});

export function viewLicences(account: Account): z.infer<typeof licences> {
  const { model, graceDays, effect } = account.terms;
  return {
    customerId: account.customerId,
    model,
    graceDays,
    overLimitEffect: effect,
    resources: resourceTypes.map((type) => viewMeter(account, meterOf(account, type))),
  };
}

function viewMeter(account: Account, meter: Meter): z.infer<typeof licences>['resources'][number] {
  const { type, used, limit, bands } = meter;
  return {
    resourceType: type,
    allocated: limit,
    enforcement: limit === null ? null : meter.enforcement,
    used,
    remaining: limit === null ? null : Math.max(0, limit - used),
    usedPercent: limit === null ? null : percentOf(used, limit),
    overLimit: viewOverLimit(meter, account.terms),
    bands: levels(meter, rulesOf(account, type)).map(({ id }) => ({
      threshold: Number(id),
      firedAt: bands[id] ?? null,
    })),
  };
}
