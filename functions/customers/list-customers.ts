import * as z from 'zod';
import { reaching } from '../../lib/aws/vouch.ts';
import { nodeFrom } from '../../lib/customers/cascade.ts';
import { customersByName, profileOf } from '../../lib/customers/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { inScope } from '../../lib/kit/scope.ts';
import { id, line } from '../../lib/kit/text.ts';

const summary = z.strictObject({
  id: z.string(),
  name: z.string(),
  reseller: z.boolean(),
  state: z.string(),
});

export const listCustomers = route({
  id: 'listCustomers',
  method: 'GET',
  path: '/v1/customers',
  summary: 'Your customers by name, or those of a reseller below you',
  permission: 'customers.list',
  target: { home: ['PROVIDER', 'RESELLER'] },
  page: true,
  query: z.strictObject({
    q: line(50).optional().describe('The name starts with this'),
    parentId: z
      .union([id('provider'), id('customer')])
      .optional()
      .describe('Whose customers; yours where absent'),
  }),
  reply: { status: 200, body: pageOf(summary) },
  refuses: [],
  load: async ({ home, query, position }) => {
    const { parentId = home } = query;
    const [read, parent] = await reaching([parentId], () =>
      Promise.all([
        customersByName(parentId, query, position),
        parentId === home ? undefined : profileOf(parentId),
      ]),
    );
    return { ...read, parent };
  },
  decide: ({ scope, query, seal }, { items, next, parent }) => {
    const elsewhere = query.parentId !== undefined && query.parentId !== scope.home.id;
    if (elsewhere && !(parent && inScope(scope.home, nodeFrom(parent, scope.move)))) refuse(notFound);
    return answer({
      items: items.map(({ id, name, type, state }) =>
        summary.parse({ id, name, reseller: type === 'RESELLER', state }),
      ),
      nextCursor: next && seal(next),
    });
  },
});
