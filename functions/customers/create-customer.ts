import * as z from 'zod';
import { addCustomer } from '../../lib/customers/customer.ts';
import { addDirectly, directCustomer } from '../../lib/customers/direct.ts';
import {
  alreadyCustomer,
  billingIdTaken,
  codeTaken,
  companyIneligible,
  companyUnknown,
  domainTaken,
  limitAbove,
  mspModeOff,
  nameNeeded,
  nameTaken,
  notOfCompany,
  parentNotReseller,
  roleRestricted,
  settingLocked,
  tooDeep,
} from '../../lib/customers/problems.ts';
import { customer, newCustomer } from '../../lib/customers/profile.ts';
import { factsFor, surroundingsFor } from '../../lib/customers/store.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { providerOf } from '../../lib/kit/scope.ts';

export const createCustomer = route({
  id: 'createCustomer',
  method: 'POST',
  path: '/v1/customers',
  summary: 'Add a customer: a company of the directory, or directly below you or a reseller of yours',
  permission: 'customers.create',
  target: { home: ['PROVIDER', 'RESELLER'] },
  body: z.union([newCustomer, directCustomer]),
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
    codeTaken,
    domainTaken,
    billingIdTaken,
    parentNotReseller,
    tooDeep,
    roleRestricted,
    limitAbove,
    settingLocked,
  ],
  load: async ({ home, provider, body, consistent, scope }) => {
    if ('companyId' in body) return { facts: await factsFor(home, body, consistent) };
    const providerId = provider ?? providerOf((await scope()).home);
    return { found: await surroundingsFor(providerId, { home, command: body }, consistent) };
  },
  decide: ({ scope, body, newId, now, again }, { facts, found }) => {
    const made = { id: newId('customer'), now, again };
    if (!('companyId' in body))
      return found ? addDirectly(scope.home, { command: body, found }, made) : refuse(companyUnknown);
    if (!facts || scope.home.type !== 'PROVIDER') refuse(companyUnknown);
    return addCustomer(scope.target, { command: body, facts }, made);
  },
});
