import * as z from 'zod';
import { customer, toCustomer } from '../../lib/customers/profile.ts';
import { archiveOf } from '../../lib/customers/store.ts';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';

export const getArchivedCustomer = route({
  id: 'getArchivedCustomer',
  method: 'GET',
  path: '/v1/archived-customers/{customerId}',
  summary: 'A customer that was deleted, as it was',
  permission: 'customers.list',
  target: { home: ['PROVIDER'] },
  params: z.strictObject({ customerId: id('customer') }),
  reply: {
    status: 200,
    body: z.strictObject({ deletedAt: z.string(), keptUntil: z.string(), customer }),
  },
  refuses: [],
  load: ({ home, params }) => archiveOf(home, params.customerId),
  decide: (_, found) => {
    if (!found) refuse(notFound);
    const keptUntil = new Date(Number(found.expiresAt) * 1000).toISOString();
    const profile = toCustomer(found.profile as Record<string, unknown>);
    return answer({ deletedAt: String(found.at), keptUntil, customer: profile }, { version: 1 });
  },
});
