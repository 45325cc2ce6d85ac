import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import {
  keyExpired,
  keyUnknown,
  keyUsed,
  notRenewable,
  productRetired,
  productUnknown,
  purchaserIsPartner,
  tooManySubscriptions,
} from '../../lib/licensing/problems.ts';
import { newRenewal, renew } from '../../lib/licensing/renewal.ts';
import { groundOf, subscriptionOf } from '../../lib/licensing/seat-store.ts';
import { subscription } from '../../lib/licensing/subscription.ts';

export const renewSubscription = route({
  id: 'renewSubscription',
  method: 'POST',
  path: '/v1/customers/{customerId}/subscriptions/{subscriptionId}/renew',
  summary: 'Renew a SUBSCRIPTION by a purchase or a licence key: it stays the same licence',
  description:
    'The new term begins at the end of the one that runs, or now where it has ended. Its seats count from now on.',
  permission: 'subscriptions.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer'), subscriptionId: id('subscription') }),
  body: newRenewal,
  dryRun: true,
  reply: { status: 200, body: subscription },
  refuses: [
    notRenewable,
    productUnknown,
    productRetired,
    purchaserIsPartner,
    keyUnknown,
    keyExpired,
    keyUsed,
    tooManySubscriptions,
  ],
  load: async ({ target, params, now, scope, body }) => {
    const before = await subscriptionOf(target, params.subscriptionId);
    if (!before) return undefined;
    const licenceKey = body.source === 'LICENCE_KEY' ? body.licenceKey : undefined;
    const { productId } = before;
    const purchase = body.source === 'PURCHASE';
    const ground = await groundOf({ customerId: target, now, scope, productId, licenceKey, purchase });
    return { before, ground };
  },
  decide: ({ body, now }, found) => {
    const { before, ground } = found ?? refuse(notFound);
    return renew(ground, { before, command: body }, now);
  },
});
