import * as z from 'zod';
import { customerPath, customerTarget, settings } from '../../lib/credits/commands.ts';
import { lotView } from '../../lib/credits/entry.ts';
import { settingsOf, standingOf } from '../../lib/credits/ledger.ts';
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
      balance: z.number().describe('What is due to expire by then is off, booked or not'),
      expiring: z
        .number()
        .nullable()
        .describe(
          'Due already and not yet booked as an entry: `balance` is without it; null for a past moment',
        ),
      lots: z
        .array(lotView)
        .nullable()
        .describe('What the balance consists of, in the order in which it burns; null for a past moment'),
      at: z.string(),
      lastEntryAt: z.string().nullable(),
      settings: settings.nullable().describe('In force now; null for a past moment'),
    }),
  },
  refuses: [],
  load: async ({ target, query }) =>
    query.at ? { past: await balanceAt(target, query.at) } : { ledger: await headOf(target, true) },
  decide: ({ query, now }, { past, ledger }) => {
    if (past) {
      const { balance, since } = past;
      const unsaid = { expiring: null, lots: null, settings: null };
      return answer({ balance, at: query.at ?? now, lastEntryAt: since, ...unsaid });
    }
    const current = ledger ?? { customerId: '', head: null };
    const { head } = current;
    return answer(
      {
        ...standingOf(current, now),
        at: now,
        lastEntryAt: head?.at ?? null,
        settings: settingsOf(current),
      },
      { version: head?.seq ?? 0 },
    );
  },
});
