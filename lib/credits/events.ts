import * as z from 'zod';
import { crossing } from '../kit/band.ts';
import { event } from '../kit/event.ts';

/** A crossing of the balance's thresholds, with what is left in time where a threshold by days is among them. */
const creditCrossing = z.strictObject({
  ...crossing.shape,
  daysLeft: z.number().optional().describe('How long the balance lasts at the pace of the last 30 days'),
  exhaustsOn: z.string().optional().describe('The day (UTC) on which it reaches zero'),
});
export type CreditCrossing = z.infer<typeof creditCrossing>;

const example = { meter: 'CREDITS', value: -15, limit: 50, thresholds: [{ id: 'below-0', at: 0 }] };

export const balanceLow = event({
  type: 'credits.balance_low.v1',
  summary:
    'A balance fell below one or more of its thresholds; threshold ids are `below-<credits>` and `days-<days>`',
  data: creditCrossing,
  example,
});

export const balanceRecovered = event({
  type: 'credits.balance_recovered.v1',
  summary: 'A balance that had fallen below a threshold is back above its re-arm level',
  data: creditCrossing,
  example: { ...example, value: 60, thresholds: [{ id: 'below-50', at: 50 }] },
});

export const systemSwitched = event({
  type: 'credits.system_switched.v1',
  summary: 'The credit system was switched on or off; all prices are lost either way',
  data: z.strictObject({ enabled: z.boolean() }),
  example: { enabled: true },
});

const topUp = z.strictObject({
  balance: z.number(),
  below: z.number().describe('Asked for below this balance'),
  amount: z.number(),
});

export const topUpDue = event({
  type: 'credits.top_up_due.v1',
  summary: 'An entry left the balance so low that the automatic top-up is to grant credits',
  data: z.strictObject({ ...topUp.shape, entryId: z.string().describe('The entry that asked for it') }),
  example: { balance: 40, below: 50, amount: 100, entryId: 'ent_20261121103000000' },
});

export const topUpStopped = event({
  type: 'credits.top_up_stopped.v1',
  summary: 'The automatic top-up has done all it may do in a day, and the balance is too low again',
  data: z.strictObject({ ...topUp.shape, maxPerDay: z.number() }),
  example: { balance: 40, below: 50, amount: 100, maxPerDay: 3 },
});
