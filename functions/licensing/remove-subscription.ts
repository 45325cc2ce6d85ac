import * as z from 'zod';
import { expectVersion, refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';
import { customerTypes } from '../../lib/kit/scope.ts';
import { id } from '../../lib/kit/text.ts';
import { subscriptionRemoved } from '../../lib/licensing/problems.ts';
import { removeSubscription as remove } from '../../lib/licensing/renewal.ts';
import { subscriptionAndMeter } from '../../lib/licensing/seat-store.ts';

export const removeSubscription = route({
  id: 'removeSubscription',
  method: 'DELETE',
  path: '/v1/customers/{customerId}/subscriptions/{subscriptionId}',
  summary: 'Take a licence from a customer at once',
  description:
    'It stays in the list as REMOVED, and a trial that was had stays had. Machines keep their seats: where there are more than the licences left have, the customer is over-deployed. An MSP licence is metered for the whole month.',
  permission: 'subscriptions.manage',
  target: { param: 'customerId', types: customerTypes, below: true },
  params: z.strictObject({ customerId: id('customer'), subscriptionId: id('subscription') }),
  dryRun: true,
  ifMatch: true,
  reply: { status: 204 },
  refuses: [subscriptionRemoved],
  load: ({ target, params, now }) =>
    subscriptionAndMeter({ customerId: target, subscriptionId: params.subscriptionId, now }),
  decide: ({ scope, ifMatch, now }, loaded) => {
    const { found, meter } = loaded ?? refuse(notFound);
    expectVersion(ifMatch, found.version);
    return remove({ customerId: scope.target.id, meter }, found, now);
  },
});
