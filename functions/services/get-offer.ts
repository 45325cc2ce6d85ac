import * as z from 'zod';
import { answer, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { offer, stands, viewOffer } from '../../lib/services/offer.ts';
import { besideTarget, offerState } from '../../lib/services/store.ts';

export const getOffer = route({
  id: 'getOffer',
  method: 'GET',
  path: '/v1/customers/{customerId}/offers/{serviceId}',
  summary: 'One service that a reseller may hand on',
  permission: 'offers.read',
  target: { param: 'customerId', types: ['RESELLER'] },
  params: z.strictObject({ customerId: id('customer'), serviceId: id('service') }),
  reply: { status: 200, body: offer },
  refuses: [],
  alongside: besideTarget,
  load: ({ params, ...input }) => offerState(input, params.serviceId),
  decide: (_, { current }) =>
    current && stands(current) ? answer(viewOffer(current), { version: current.version }) : refuse(notFound),
});
