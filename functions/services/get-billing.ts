import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { billRow, linesOf, month, place, spanOf } from '../../lib/services/billing.ts';
import { ledgersOf, plansOf } from '../../lib/services/store.ts';

export const getBilling = route({
  id: 'getBilling',
  method: 'GET',
  path: '/v1/billing',
  summary: 'What your direct customers have had in a month: a line per service and per user',
  description:
    'Customers by name, then those who have moved away or were deleted since. A page looks at five customers at most, so that it may be short; it goes on while `nextCursor` is set. Who was a test user at the time is left out. A month that is over stays as it was, whatever changes later; names of people and customers are those of today.',
  permission: 'billing.read',
  target: { home: ['PROVIDER', 'RESELLER'] },
  page: true,
  query: z.strictObject({ month, customerId: id('customer').optional() }),
  reply: { status: 200, body: pageOf(billRow) },
  refuses: [],
  load: async ({ home, query, position, now, scope }) => {
    const from = place.parse(position ? JSON.parse(position) : {});
    const { limit, customerId } = query;
    const [read, plans] = await Promise.all([
      ledgersOf(home, { place: from, limit, customerId, asOf: spanOf(query.month, now).asOf }),
      home.startsWith('prv_') ? plansOf(home) : scope().then((one) => plansOf(providerOf(one.home))),
    ]);
    return { read, plans, limit };
  },
  decide: ({ scope, query, now, seal }, { read, plans, limit }) => {
    const bill = {
      ...spanOf(query.month, now),
      billedBy: scope.home.id,
      plans,
      cost: scope.home.type === 'PROVIDER',
    };
    const lines = linesOf(read, limit, bill);
    return answer({ items: lines.rows, nextCursor: lines.next && seal(JSON.stringify(lines.next)) });
  },
});
