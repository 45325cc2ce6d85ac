import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { seatsOfTerm, subscriptionRemoved } from '../../lib/licensing/problems.ts';
import { changedSubscription, changeSeats } from '../../lib/licensing/renewal.ts';
import { subscriptionAndMeter } from '../../lib/licensing/seat-store.ts';
import { subscription } from '../../lib/licensing/subscription.ts';

export const changeSubscription = route({
  id: 'changeSubscription',
  method: 'PATCH',
  path: '/v1/customers/{customerId}/subscriptions/{subscriptionId}',
  summary: 'Change the seats of your MSP licence at a customer',
  description:
    'They count from now on. What was metered of the month up to now stays: its peak, and what was beyond the seats that there were then.',
  permission: 'subscriptions.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer'), subscriptionId: id('subscription') }),
  body: changedSubscription,
  dryRun: true,
  ifMatch: true,
  reply: { status: 200, body: subscription },
  refuses: [seatsOfTerm, subscriptionRemoved],
  load: ({ target, params, now }) =>
    subscriptionAndMeter({ customerId: target, subscriptionId: params.subscriptionId, now }),
  decide: ({ scope, body, ifMatch, now }, loaded) => {
    const { found, meter } = loaded ?? refuse(notFound);
    expectVersion(ifMatch, found.version);
    return changeSeats({ customerId: scope.target.id, meter }, { before: found, seats: body.seats }, now);
  },
});
