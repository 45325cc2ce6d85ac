import * as z from 'zod';
import { disabled, hasChildren } from '../../lib/customers/problems.ts';
import { unmakeReseller } from '../../lib/customers/reseller.ts';
import { sellingOf } from '../../lib/customers/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const removeResellerService = route({
  id: 'removeResellerService',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/reseller-service',
  summary: 'Make a reseller a plain customer again; not while it has customers of its own',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  ifMatch: true,
  reply: { status: 204 },
  refuses: [hasChildren, disabled],
  load: ({ target }) => sellingOf(target),
  decide: ({ scope, ifMatch }, selling) => {
    expectVersion(ifMatch, scope.target.version);
    return unmakeReseller(scope.target, selling);
  },
});
