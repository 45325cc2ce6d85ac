import * as z from 'zod';
import { standingOf } from '../../lib/credits/ledger.ts';
import { headOf } from '../../lib/credits/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { overview, viewBelow, viewOwn } from '../../lib/probes/overview.ts';
import { glance } from '../../lib/probes/overview-store.ts';

export const getCustomerOverview = route({
  id: 'getCustomerOverview',
  method: 'GET',
  path: '/v1/customers/{customerId}/overview',
  summary: 'A customer at a glance: probes, use, credits, and what is below it',
  description: 'Sums of what is below follow a moment after each change.',
  permission: 'overview.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: overview },
  refuses: [],
  load: async ({ target, consistent }) => {
    const [seen, ledger] = await Promise.all([glance(target, consistent), headOf(target, consistent)]);
    return { ...seen, ledger };
  },
  decide: ({ scope, now }, { ledger, below, ...own }) =>
    answer({
      nodeId: scope.target.id,
      own: viewOwn({ ...own, balance: standingOf(ledger, now).balance }),
      below: scope.target.type === 'RESELLER' ? viewBelow(below) : null,
    }),
});
