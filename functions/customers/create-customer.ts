import { addCustomer } from '../../lib/customers/customer.ts';
import {
  alreadyCustomer,
  companyIneligible,
  companyUnknown,
  mspModeOff,
  nameNeeded,
  nameTaken,
  notOfCompany,
} from '../../lib/customers/problems.ts';
import { customer, newCustomer } from '../../lib/customers/profile.ts';
import { factsFor } from '../../lib/customers/store.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';

export const createCustomer = route({
  id: 'createCustomer',
  method: 'POST',
  path: '/v1/customers',
  summary: 'Make a company of the directory a customer, with its first administrators',
  permission: 'customers.create',
  target: { home: ['PROVIDER'] },
  body: newCustomer,
  dryRun: true,
  reply: { status: 201, body: customer },
  refuses: [
    mspModeOff,
    companyUnknown,
    companyIneligible,
    alreadyCustomer,
    notOfCompany,
    nameNeeded,
    nameTaken,
    addressInUse,
  ],
  load: ({ home, body }) => factsFor(home, body),
  decide: ({ scope, body, newId, now }, facts) =>
    addCustomer(scope.target, { command: body, facts }, { id: newId('customer'), now }),
});
