import * as z from 'zod';
import { disable } from '../../lib/customers/lifecycle.ts';
import { disabled, tooManyDisabled } from '../../lib/customers/problems.ts';
import { customer } from '../../lib/customers/profile.ts';
import { forestOf } from '../../lib/customers/store.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes, providerOf } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const disableCustomer = route({
  id: 'disableCustomer',
  method: 'POST',
  path: '/v1/customers/{customerId}/disable',
  summary: 'Shut a customer’s people out, those of a reseller with everyone below',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: customer },
  refuses: [disabled, tooManyDisabled],
  load: async ({ provider, scope }) => forestOf(provider ?? providerOf((await scope()).target)),
  decide: ({ scope }, forest) => disable(scope.target, forest),
});
