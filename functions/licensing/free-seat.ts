import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { seatOfMachine } from '../../lib/licensing/problems.ts';
import { freeSeat as free, machineRef, mustBeFree } from '../../lib/licensing/seat.ts';
import { meterAndSeat } from '../../lib/licensing/seat-store.ts';

export const freeSeat = route({
  id: 'freeSeat',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/products/{productId}/seats/{machineRef}',
  summary: 'Free a seat',
  permission: 'licences.allocate',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), productId: id('product'), machineRef }),
  dryRun: true,
  reply: { status: 204 },
  refuses: [seatOfMachine],
  load: ({ target, params, now }) => meterAndSeat({ ...params, customerId: target }, now),
  decide: ({ params, now }, { meter, seat }) => {
    const held = seat ?? refuse(notFound);
    mustBeFree(params.machineRef);
    const { writes, announcements } = free(meter, held, now);
    const before = { machineRef: params.machineRef };
    const receipt = { action: 'seats.free', subject: meter.productId, before };
    return { writes, announcements, receipt, reply: { status: 204 } };
  },
});
