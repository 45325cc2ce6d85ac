import * as z from 'zod';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { offer, setOffer as set } from '../../lib/services/offer.ts';
import { notOffered } from '../../lib/services/problems.ts';
import { besideTarget, offerState } from '../../lib/services/store.ts';

export const setOffer = route({
  id: 'setOffer',
  method: 'PUT',
  path: '/v1/customers/{customerId}/offers/{serviceId}',
  summary: 'Let a reseller below you hand on a service that you may hand on',
  permission: 'offers.manage',
  target: { param: 'customerId', types: ['RESELLER'], below: true },
  params: z.strictObject({ customerId: id('customer'), serviceId: id('service') }),
  dryRun: true,
  reply: { status: 201, body: offer },
  refuses: [notOffered],
  alongside: besideTarget,
  load: ({ params, ...input }) => offerState(input, params.serviceId),
  decide: ({ scope, now }, state) => set(scope.target, state, now),
});
