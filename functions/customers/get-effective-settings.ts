import * as z from 'zod';
import { effective, effectiveAlong } from '../../lib/customers/settings.ts';
import { lineAbove } from '../../lib/customers/store.ts';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const getEffectiveSettings = route({
  id: 'getEffectiveSettings',
  method: 'GET',
  path: '/v1/customers/{customerId}/effective-settings',
  summary: 'What counts for a customer, each value with where it comes from',
  description: 'The ETag is that of the customer: what nodes above say may change without it.',
  permission: 'customers.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: effective },
  refuses: [],
  load: async ({ scope }) => lineAbove((await scope()).target.path),
  decide: ({ scope }, above) =>
    answer(effectiveAlong([...above, scope.target.item]), { version: scope.target.version }),
});
