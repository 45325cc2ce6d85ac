import * as z from 'zod';
import { deleteCustomer as remove } from '../../lib/customers/deletion.ts';
import { hasChildren, inUse, notDeprovisioned, tooManyPeople } from '../../lib/customers/problems.ts';
import { estateOf } from '../../lib/customers/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const deleteCustomer = route({
  id: 'deleteCustomer',
  method: 'DELETE',
  path: '/v1/customers/{customerId}',
  summary: 'Delete a deprovisioned customer without descendants; an archive of it is kept for seven years',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  ifMatch: true,
  dryRun: true,
  reply: { status: 204 },
  refuses: [notDeprovisioned, hasChildren, inUse, tooManyPeople],
  load: async ({ scope }) => estateOf((await scope()).target),
  decide: ({ scope, ifMatch, now }, estate) => {
    expectVersion(ifMatch, scope.target.version);
    return remove(scope.target, estate, now);
  },
});
