import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import {
  keyExpired,
  keyUnknown,
  keyUsed,
  mspHeld,
  mspNotOffered,
  productRetired,
  productUnknown,
  purchaserIsPartner,
  tooManySubscriptions,
  trialHad,
} from '../../lib/licensing/problems.ts';
import { groundOf } from '../../lib/licensing/seat-store.ts';
import { newSubscription, subscribe } from '../../lib/licensing/subscribe.ts';
import { subscription } from '../../lib/licensing/subscription.ts';

export const addSubscription = route({
  id: 'addSubscription',
  method: 'POST',
  path: '/v1/customers/{customerId}/subscriptions',
  summary: 'Give a customer a licence: a trial, a purchase, a licence key or your MSP licence',
  description:
    'A TRIAL has the days and seats of the product, once per customer and product for ever. A PURCHASE names the customer’s own company and contact. The term ends at midnight of its last day in the time zone of the customer’s profile (UTC where it has none). MSP runs until it is removed, is metered monthly at peak seats, and needs `mspLicence` at the product.',
  permission: 'subscriptions.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer') }),
  body: newSubscription,
  dryRun: true,
  reply: { status: 201, body: subscription },
  refuses: [
    productUnknown,
    productRetired,
    trialHad,
    purchaserIsPartner,
    keyUnknown,
    keyExpired,
    keyUsed,
    mspNotOffered,
    mspHeld,
    tooManySubscriptions,
  ],
  load: ({ target, now, scope, body }) =>
    groundOf({
      ...{ customerId: target, now, scope, purchase: body.source === 'PURCHASE' },
      ...(body.source === 'LICENCE_KEY' ? { licenceKey: body.licenceKey } : { productId: body.productId }),
    }),
  decide: ({ scope, body, newId, now }, ground) =>
    subscribe({ ...ground, customer: scope.target }, body, { id: newId('subscription'), now }),
});
