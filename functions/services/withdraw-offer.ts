import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { stands, withdrawOffer as withdraw } from '../../lib/services/offer.ts';
import { offerInUse } from '../../lib/services/problems.ts';
import { besideTarget, holdersBelow, offerState } from '../../lib/services/store.ts';

export const withdrawOffer = route({
  id: 'withdrawOffer',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/offers/{serviceId}',
  summary: 'No longer let a reseller hand on a service that nobody right below it has',
  description:
    'Nothing is taken from anybody by this: while it is held, or handed on in turn, the refusal counts the holders and names some.',
  permission: 'offers.manage',
  target: { param: 'customerId', types: ['RESELLER'], below: true },
  params: z.strictObject({ customerId: id('customer'), serviceId: id('service') }),
  ifMatch: true,
  dryRun: true,
  reply: { status: 204 },
  refuses: [offerInUse],
  alongside: besideTarget,
  load: async ({ params, ...input }) => {
    const state = await offerState(input, params.serviceId);
    const held = state.current?.held ?? 0;
    return { ...state, holders: held > 0 ? await holdersBelow(input.target, params.serviceId) : [] };
  },
  decide: ({ scope, ifMatch }, { current, ...state }) => {
    if (!current || !stands(current)) refuse(notFound);
    expectVersion(ifMatch, current.version);
    return withdraw(scope.target, { ...state, current });
  },
});
