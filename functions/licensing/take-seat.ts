import * as z from 'zod';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { noLicence, seatOfMachine, seatsExhausted, seatTaken } from '../../lib/licensing/problems.ts';
import { machineRef, mustBeFree, seat, takeSeat as take } from '../../lib/licensing/seat.ts';
import { seatMeterOf } from '../../lib/licensing/seat-store.ts';

export const takeSeat = route({
  id: 'takeSeat',
  method: 'POST',
  path: '/v1/customers/{customerId}/products/{productId}/seats',
  summary: 'Give something of a customer a seat of a product',
  description:
    'One per machine and product. Without a seat left it is refused, but where an MSP licence runs, which meters it.',
  permission: 'licences.allocate',
  target: { param: 'customerId', types: customerTypes },
  params: z.strictObject({ customerId: id('customer'), productId: id('product') }),
  body: z.strictObject({ machineRef }),
  dryRun: true,
  reply: { status: 201, body: seat },
  refuses: [noLicence, seatOfMachine, seatsExhausted, seatTaken],
  load: ({ target, params, now }) => seatMeterOf(target, params.productId, now),
  decide: ({ body, now }, meter) => {
    if (meter.version === 0) refuse(notFound);
    mustBeFree(body.machineRef);
    const { seat: taken, writes, announcements } = take(meter, body.machineRef, now);
    const receipt = {
      action: 'seats.take',
      subject: meter.productId,
      after: { machineRef: body.machineRef },
    };
    return { writes, announcements, receipt, reply: { body: taken } };
  },
});
