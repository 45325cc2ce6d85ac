import * as z from 'zod';
import { changeCustomer, changedCustomer } from '../../lib/customers/change.ts';
import {
  billingIdTaken,
  domainInUse,
  domainShared,
  domainTaken,
  limitAbove,
  nameTaken,
  roleRestricted,
} from '../../lib/customers/problems.ts';
import { customer } from '../../lib/customers/profile.ts';
import { neighboursFor } from '../../lib/customers/store.ts';
import { expectVersion } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';

export const updateCustomer = route({
  id: 'updateCustomer',
  method: 'PATCH',
  path: '/v1/customers/{customerId}',
  summary: 'Rename a customer or change its details',
  description: 'What was provisioned is `Pending` after it until it is provisioned again.',
  permission: 'customers.update',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: changedCustomer,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: customer },
  refuses: [nameTaken, domainTaken, domainShared, domainInUse, billingIdTaken, roleRestricted, limitAbove],
  load: async ({ body, scope }) => {
    const { domains, allowedRoles, userLimit } = body;
    if (!domains && !allowedRoles && !userLimit) return undefined;
    return neighboursFor((await scope()).target, body);
  },
  decide: ({ scope, body, ifMatch }, found) => {
    expectVersion(ifMatch, scope.target.version);
    return changeCustomer(scope.target, body, found);
  },
});
