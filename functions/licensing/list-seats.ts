import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { pageOf, route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { seat, toSeat } from '../../lib/licensing/seat.ts';
import { seatPage } from '../../lib/licensing/seat-store.ts';

export const listSeats = route({
  id: 'listSeats',
  method: 'GET',
  path: '/v1/customers/{customerId}/products/{productId}/seats',
  summary: 'What holds seats of a product, by its name',
  permission: 'licences.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), productId: id('product') }),
  page: true,
  reply: { status: 200, body: pageOf(seat) },
  refuses: [],
  load: ({ target, params, query, position }) =>
    seatPage({ customerId: target, productId: params.productId }, query.limit, position),
  decide: ({ seal }, { items, next }) => answer({ items: items.map(toSeat), nextCursor: next && seal(next) }),
});
