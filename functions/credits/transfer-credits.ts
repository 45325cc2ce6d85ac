import { customerPath, customerTarget, transferCommand } from '../../lib/credits/commands.ts';
import { entryView } from '../../lib/credits/entry.ts';
import {
  creditsOff,
  grantedDirectly,
  outOfBounds,
  tooManyLots,
  transferExceeds,
} from '../../lib/credits/problems.ts';
import { besideSystem, familyStanding } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { parentOf, transfer } from '../../lib/credits/transfer.ts';
import { route } from '../../lib/kit/route.ts';

export const transferCredits = route({
  id: 'transferCredits',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/transfers',
  summary: 'Hand credits of a reseller to a customer right below it',
  description:
    'Two linked entries in one transaction. Credits keep their expiry and priority; never more than the reseller has. Answers the customer’s entry.',
  permission: 'credits.transfer',
  target: { ...customerTarget, below: true },
  params: customerPath,
  body: transferCommand,
  dryRun: true,
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, grantedDirectly, transferExceeds, tooManyLots, outOfBounds],
  alongside: besideSystem,
  load: familyStanding,
  decide: ({ scope, body, now, newId, requestId }, { family, system }) => {
    parentOf(scope);
    requireSystem(system);
    return transfer(family, body, { actor: scope.actor, scope, now, newId, requestId });
  },
});
