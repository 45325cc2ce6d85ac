import * as z from 'zod';
import { customersByName } from '../../lib/customers/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { line } from '../../lib/kit/text.ts';

const summary = z.strictObject({ id: z.string(), name: z.string(), state: z.string() });

export const listCustomers = route({
  id: 'listCustomers',
  method: 'GET',
  path: '/v1/customers',
  summary: 'Your customers by name',
  permission: 'customers.list',
  target: { home: ['PROVIDER'] },
  page: true,
  query: z.strictObject({ q: line(50).optional().describe('The name starts with this') }),
  reply: { status: 200, body: pageOf(summary) },
  refuses: [],
  load: ({ home, query, position }) => customersByName(home, query, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map(({ id, name, state }) => summary.parse({ id, name, state })),
      nextCursor: next && seal(next),
    }),
});
