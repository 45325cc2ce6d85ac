import * as z from 'zod';
import { toNode } from '../../lib/aws/auth.ts';
import { reaching } from '../../lib/aws/vouch.ts';
import { askedCustomer, entitlements, explain } from '../../lib/catalog/explain.ts';
import { caseOf } from '../../lib/catalog/explain-store.ts';
import { nodeOf } from '../../lib/catalog/work-store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getEntitlements = route({
  id: 'getEntitlements',
  method: 'GET',
  path: '/v1/people/{personId}/entitlements',
  summary: 'What a person may see of what is assigned to the customer, and why',
  description:
    'A customer’s administrators ask about their own people; whoever is above names the customer. A user’s person id is the user’s id with `per_` in front.',
  permission: 'entitlements.read',
  target: { home: ['PROVIDER', 'RESELLER', 'CUSTOMER'] },
  params: z.strictObject({ personId: id('person') }),
  query: z.strictObject({ customerId: id('customer').optional() }),
  page: true,
  reply: { status: 200, body: entitlements },
  refuses: [],
  load: async ({ home, params, query, position, now }) => {
    const customerId = query.customerId ?? home;
    return reaching([customerId], () => {
      const node = nodeOf(customerId).then(toNode);
      return caseOf({ customerId, personId: params.personId, now, limit: query.limit, node }, position);
    });
  },
  decide: ({ scope, params, query, seal }, found) => {
    const customer = askedCustomer(scope, found.node, query.customerId !== undefined);
    if (!found.row && !found.source) refuse(notFound);
    return answer({
      personId: params.personId,
      customerId: customer.id,
      enrolled: found.row !== undefined,
      signsIn: found.row?.signIn !== undefined,
      items: explain(found),
      nextCursor: found.next === null ? null : seal(found.next),
    });
  },
});
