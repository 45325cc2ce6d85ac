import * as z from 'zod';
import { enable } from '../../lib/customers/lifecycle.ts';
import { notDisabled } from '../../lib/customers/problems.ts';
import { customer } from '../../lib/customers/profile.ts';
import { forestOf } from '../../lib/customers/store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const enableCustomer = route({
  id: 'enableCustomer',
  method: 'POST',
  path: '/v1/customers/{customerId}/enable',
  summary: 'Let a disabled customer’s people in again',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: customer },
  refuses: [notDisabled],
  load: async ({ provider, scope }) => forestOf(provider ?? providerOf((await scope()).target)),
  decide: ({ scope }, forest) => enable(scope.target, forest),
});
