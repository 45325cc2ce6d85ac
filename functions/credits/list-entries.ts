import * as z from 'zod';
import { customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { entryTypes, entryView, viewOf } from '../../lib/credits/entry.ts';
import { historyOf } from '../../lib/credits/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { instant, line } from '../../lib/kit/text.ts';

export const listEntries = route({
  id: 'listEntries',
  method: 'GET',
  path: '/v1/customers/{customerId}/credits/entries',
  summary: 'The ledger, newest first',
  description:
    'A page reads `limit` entries of the period; `type` and `serviceId` then pick from them, so a page may hold fewer.',
  permission: 'credits.read',
  target: customerTarget,
  params: customerPath,
  page: true,
  query: z.strictObject({
    from: instant.optional(),
    to: instant.optional(),
    type: z.enum(entryTypes).optional(),
    serviceId: line(40).optional(),
  }),
  reply: { status: 200, body: pageOf(entryView) },
  refuses: [],
  load: ({ target, query, position }) => historyOf(target, { ...query, after: position }),
  decide: ({ scope, query, seal }, { entries, next }) =>
    answer({
      items: entries
        .filter((one) => !query.type || one.type === query.type)
        .filter((one) => !query.serviceId || one.serviceId === query.serviceId)
        .map((one) => viewOf(scope.target.id, one)),
      nextCursor: next && seal(next),
    }),
});
