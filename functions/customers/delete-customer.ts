import * as z from 'zod';
import { parting, deleteCustomer as remove } from '../../lib/customers/deletion.ts';
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
  description:
    'Its users, services, offers and licences are taken back before. What is left of its credits is taken to zero by an ADJUST entry of its ledger, which the provider still reads under `/v1/archived-customers`.',
  permission: 'customers.supply',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  ifMatch: true,
  dryRun: true,
  reply: { status: 204, body: parting },
  refuses: [notDeprovisioned, hasChildren, inUse, tooManyPeople],
  load: async ({ scope }) => estateOf((await scope()).target),
  decide: ({ scope, query, ifMatch, now }, estate) => {
    const { dryRun = false } = query as { dryRun?: boolean };
    expectVersion(ifMatch, scope.target.version);
    return remove(scope.target, estate, { now, dryRun });
  },
});
