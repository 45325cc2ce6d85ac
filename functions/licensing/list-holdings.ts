import * as z from 'zod';
import { answer } from '../../lib/kit/plan.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { holding, viewHolding } from '../../lib/licensing/holding.ts';
import { seatMetersOf } from '../../lib/licensing/seat-store.ts';

export const listHoldings = route({
  id: 'listHoldings',
  method: 'GET',
  path: '/v1/customers/{customerId}/products',
  summary: 'Seats of each product of which a customer has or had a licence, and whether it keeps to them',
  description: 'At most 100, all at once.',
  permission: 'licences.read',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer') }),
  reply: { status: 200, body: z.strictObject({ items: z.array(holding) }) },
  refuses: [],
  load: ({ target, now }) => seatMetersOf(target, now),
  decide: ({ now }, meters) => answer({ items: meters.map((meter) => viewHolding(meter, now)) }),
});
