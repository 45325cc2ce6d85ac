import { contactIsPartner, trialsOnly } from '../../lib/access/managed-problems.ts';
import {
  billingIdTaken,
  codeTaken,
  domainTaken,
  limitAbove,
  mspModeOff,
  nameTaken,
  parentNotReseller,
  roleRestricted,
  settingLocked,
  tooDeep,
} from '../../lib/customers/problems.ts';
import { surroundingsFor } from '../../lib/customers/store.ts';
import { addressInUse } from '../../lib/kit/membership.ts';
import { route } from '../../lib/kit/route.ts';
import { providerOf } from '../../lib/kit/scope.ts';
import { mspNotOffered, productRetired, productUnknown, trialHad } from '../../lib/licensing/problems.ts';
import { productsOf } from '../../lib/licensing/product-store.ts';
import { partnerOf } from '../../lib/licensing/seat-store.ts';
import { entrust, managedCustomer, newManagedCustomer } from './entrust.ts';

export const addManagedCustomer = route({
  id: 'addManagedCustomer',
  method: 'POST',
  path: '/v1/managed-customers',
  summary: 'Add a customer in order: who manages it, company, contact, products; all or nothing',
  description:
    'The contact is somebody at the customer: its first administrator, who signs in with that address and is mailed that you added it, what you see and what you do. Products are trials, or your MSP licence where you hold one of the product.',
  permission: 'customers.create',
  target: { home: ['PROVIDER', 'RESELLER'] },
  body: newManagedCustomer,
  dryRun: true,
  reply: { status: 201, body: managedCustomer },
  refuses: [
    mspModeOff,
    nameTaken,
    codeTaken,
    domainTaken,
    billingIdTaken,
    parentNotReseller,
    tooDeep,
    roleRestricted,
    limitAbove,
    settingLocked,
    contactIsPartner,
    addressInUse,
    trialsOnly,
    productUnknown,
    productRetired,
    trialHad,
    mspNotOffered,
  ],
  load: async ({ home, provider, body, consistent, scope }) => {
    const providerId = provider ?? providerOf((await scope()).home);
    const { company } = body;
    const [found, products] = await Promise.all([
      surroundingsFor(providerId, { home, command: company }, consistent),
      productsOf(
        providerId,
        body.products.map(({ productId }) => productId),
      ),
    ]);
    const path = [...(found.parent?.path ?? []), ''];
    const item = { accountManagerEmail: company.accountManagerEmail };
    return { found, products, partner: await partnerOf({ path, item }) };
  },
  decide: ({ scope, body, newId, now, again }, facts) =>
    entrust(
      scope.home,
      { ...facts, command: body },
      {
        ...{ id: newId('customer'), personId: newId('person'), now, again },
        newSubscriptionId: () => newId('subscription'),
      },
    ),
});
