import * as z from 'zod';
import { reachingIf } from '../../lib/aws/vouch-rows.ts';
import { customerPath } from '../../lib/credits/commands.ts';
import { entryView, viewOf } from '../../lib/credits/entry.ts';
import { historyOf, isArchived } from '../../lib/credits/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { instant } from '../../lib/kit/text.ts';

export const listArchivedEntries = route({
  id: 'listArchivedEntries',
  method: 'GET',
  path: '/v1/archived-customers/{customerId}/credits/entries',
  summary: 'The ledger of a customer that was deleted, newest first, while its archive is kept',
  permission: 'credits.read',
  target: { home: ['PROVIDER'] },
  params: customerPath,
  page: true,
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
  reply: { status: 200, body: pageOf(entryView) },
  refuses: [],
  load: async ({ home, params, query, position }) => {
    const { customerId } = params;
    const archive = () => isArchived(home, customerId);
    const [archived, history] = await reachingIf(customerId, archive, () =>
      Promise.all([archive(), historyOf(customerId, { ...query, after: position })]),
    );
    return archived ? history : undefined;
  },
  decide: ({ params, seal }, history) => {
    const { entries, next } = history ?? refuse(notFound);
    return answer({
      items: entries.map((one) => viewOf(params.customerId, one)),
      nextCursor: next && seal(next),
    });
  },
});
