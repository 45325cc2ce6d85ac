import * as z from 'zod';
import { accountSummary } from '../../lib/customers/account.ts';
import { unlinkedByName } from '../../lib/customers/link-store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';

export const listAccounts = route({
  id: 'listAccounts',
  method: 'GET',
  path: '/v1/accounts',
  summary: 'Customers that no partner looks after, by name',
  permission: 'accounts.manage',
  target: { home: ['PLATFORM'] },
  page: true,
  query: z.strictObject({ q: line(80).optional().describe('The name starts with this') }),
  reply: { status: 200, body: pageOf(accountSummary) },
  refuses: [],
  load: ({ query, position }) => unlinkedByName(query, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map(({ id, name }) => accountSummary.parse({ id, name })),
      nextCursor: next && seal(next),
    }),
});
