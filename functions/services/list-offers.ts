import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { id } from '../../lib/kit/text.ts';
import { offer, stands, toOffer, viewOffer } from '../../lib/services/offer.ts';
import { offerPage } from '../../lib/services/store.ts';

export const listOffers = route({
  id: 'listOffers',
  method: 'GET',
  path: '/v1/customers/{customerId}/offers',
  summary: 'The services that a reseller may hand on',
  permission: 'offers.read',
  target: { param: 'customerId', types: ['RESELLER'] },
  params: z.strictObject({ customerId: id('customer') }),
  page: true,
  reply: { status: 200, body: pageOf(offer) },
  refuses: [],
  load: ({ target, query, position }) => offerPage(target, query.limit, position),
  decide: ({ seal }, { items, next }) =>
    answer({
      items: items.map(toOffer).filter(stands).map(viewOffer),
      nextCursor: next && seal(next),
    }),
});
