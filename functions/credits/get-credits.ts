import * as z from 'zod';
import { customerPath, customerTarget, settings } from '../../lib/credits/commands.ts';
import { balanceOf, settingsOf } from '../../lib/credits/ledger.ts';
import { balanceAt, headOf } from '../../lib/credits/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { instant } from '../../lib/kit/text.ts';

export const getCredits = route({
  id: 'getCredits',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits',
  summary: 'The balance, now or as of a moment',
  permission: 'credits.read',
  target: customerTarget,
  params: customerPath,
  query: z.strictObject({ at: instant.optional().describe('Balance as of this moment') }),
  reply: {
    status: 200,
    body: z.strictObject({
      balance: z.number(),
      at: z.string(),
      lastEntryAt: z.string().nullable(),
      settings: settings.nullable().describe('In force now; null for a past moment'),
    }),
  },
  refuses: [],
  load: async ({ target, query }) =>
    query.at ? { past: await balanceAt(target, query.at) } : { ledger: await headOf(target, true) },
  decide: ({ query, now }, { past, ledger }) => {
    if (past)
      return answer({ balance: past.balance, at: query.at ?? now, lastEntryAt: past.since, settings: null });
    const current = ledger ?? { customerId: '', head: null };
    const { alertLimit, rearmPercent, blockBelowZero } = settingsOf(current);
    return answer(
      {
        balance: balanceOf(current),
        at: now,
        lastEntryAt: current.head?.at ?? null,
        settings: { alertLimit, rearmPercent, blockBelowZero },
      },
      { version: current.head?.seq ?? 0 },
    );
  },
});
