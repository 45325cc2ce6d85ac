import { customerPath, customerTarget, transferCommand } from '../../lib/credits/commands.ts';
import { entryView } from '../../lib/credits/entry.ts';
import {
  creditsOff,
  grantedDirectly,
  outOfBounds,
  reclaimExceeds,
  tooManyLots,
} from '../../lib/credits/problems.ts';
import { besideSystem, familyStanding } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { parentOf, reclaim } from '../../lib/credits/transfer.ts';
import { route } from '../../lib/kit/route.ts';

export const reclaimCredits = route({
  id: 'reclaimCredits',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/reclaims',
  summary: 'Take credits back from a customer to its reseller',
  description:
    'Two linked entries in one transaction. Credits keep their expiry and priority; never more than the customer has left, nor than the reseller handed to it and has not taken back: what the provider granted stays. Answers the customer’s entry.',
  permission: 'credits.transfer',
  target: { ...customerTarget, below: true },
  params: customerPath,
  body: transferCommand,
  dryRun: true,
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, grantedDirectly, reclaimExceeds, tooManyLots, outOfBounds],
  alongside: besideSystem,
  load: familyStanding,
  decide: ({ scope, body, now, newId, requestId }, { family, system }) => {
    parentOf(scope);
    requireSystem(system);
    return reclaim(family, body, { actor: scope.actor, scope, now, newId, requestId });
  },
});
