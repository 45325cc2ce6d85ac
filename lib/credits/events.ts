import * as z from 'zod';
import { crossing } from '../kit/band.ts';
import { event } from '../kit/event.ts';

const example = { meter: 'CREDITS', value: -15, limit: 50, thresholds: [{ id: 'below-0', at: 0 }] };

export const balanceLow = event({
  type: 'credits.balance_low.v1',
  summary: 'A balance fell below one or more of its thresholds; threshold ids are `below-<credits>`',
  data: crossing,
  example,
});

export const balanceRecovered = event({
  type: 'credits.balance_recovered.v1',
  summary: 'A balance that had fallen below a threshold is back above its re-arm level',
  data: crossing,
  example: { ...example, value: 60, thresholds: [{ id: 'below-50', at: 50 }] },
});

export const systemSwitched = event({
  type: 'credits.system_switched.v1',
  summary: 'The credit system was switched on or off; all prices are lost either way',
  data: z.strictObject({ enabled: z.boolean() }),
  example: { enabled: true },
});
