import * as z from 'zod';
import { ownLicencesOnly } from '../../lib/access/removal-problems.ts';
import { formerPartnersOf } from '../../lib/access/removal-store.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { isUnlinked } from '../../lib/kit/scope.ts';
import { ownGroundOf, partnerNameOf, partnersOf } from '../../lib/licensing/parting-store.ts';
import {
  keyExpired,
  keyUnknown,
  keyUsed,
  productRetired,
  productUnknown,
  purchaserIsPartner,
  tooManySubscriptions,
} from '../../lib/licensing/problems.ts';
import { applied, purchase, subscribe } from '../../lib/licensing/subscribe.ts';
import { subscription } from '../../lib/licensing/subscription.ts';

export const buyOwnLicence = route({
  id: 'buyOwnLicence',
  method: 'POST',
  path: '/v1/subscriptions',
  summary: 'Buy a licence, or redeem a licence key, in your own name',
  description:
    'For a customer that no partner looks after; of the products that its licences named when it left one. A customer of a partner is told who sells to it. The purchaser is never somebody of a partner that has removed it.',
  permission: 'own_licences.manage',
  target: { home: ['CUSTOMER', 'RESELLER'] },
  body: z.discriminatedUnion('source', [purchase, applied]),
  dryRun: true,
  reply: { status: 201, body: subscription },
  refuses: [
    ownLicencesOnly,
    productUnknown,
    productRetired,
    purchaserIsPartner,
    keyUnknown,
    keyExpired,
    keyUsed,
    tooManySubscriptions,
  ],
  load: async ({ home, now, scope, body }) => {
    const { home: node } = await scope();
    if (!isUnlinked(node)) return { partner: await partnerNameOf(node), ground: undefined };
    const named =
      body.source === 'LICENCE_KEY' ? { licenceKey: body.licenceKey } : { productId: body.productId };
    const ground = await ownGroundOf({ ...{ customerId: home, now, scope, purchase: false }, ...named });
    if (body.source !== 'PURCHASE') return { partner: '', ground };
    const former = await formerPartnersOf(home);
    return { partner: '', ground: { ...ground, partner: await partnersOf(former, node) } };
  },
  decide: ({ body, newId, now }, { partner, ground }) => {
    if (!ground) return refuse(ownLicencesOnly, `Ask ${partner}`, { partner });
    return subscribe(ground, body, { id: newId('subscription'), now });
  },
});
