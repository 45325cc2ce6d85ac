import * as z from 'zod';
import { customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { forecast, predict, windowStart } from '../../lib/credits/forecast.ts';
import { standingOf } from '../../lib/credits/ledger.ts';
import { balanceAt, firstAt, headOf } from '../../lib/credits/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';

export const getForecast = route({
  id: 'getForecast',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/forecast',
  summary: 'When the balance will be used up at the pace of the last 30 days, and what to grant',
  permission: 'credits.read',
  target: customerTarget,
  params: customerPath,
  query: z.strictObject({
    coverDays: z.coerce
      .number<string>()
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe('For how many days a suggested top-up is to last'),
  }),
  reply: { status: 200, body: forecast },
  refuses: [],
  load: async ({ target, now }) => {
    const [ledger, before, first] = await Promise.all([
      headOf(target, false),
      balanceAt(target, windowStart(now)),
      firstAt(target),
    ]);
    return { ledger, before, first };
  },
  decide: ({ now, query }, { ledger, before, first }) =>
    answer(
      predict({
        balance: standingOf(ledger, now).balance,
        burned: ledger.head?.burned ?? 0,
        burnedBefore: before.burned,
        firstAt: first,
        now,
        coverDays: query.coverDays,
      }),
    ),
});
