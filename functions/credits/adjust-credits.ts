import { adjustCommand, customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { entryView } from '../../lib/credits/entry.ts';
import { adjust } from '../../lib/credits/ledger.ts';
import { creditsOff, outOfBounds } from '../../lib/credits/problems.ts';
import { besideSystem, headOf, providerSystem } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { route } from '../../lib/kit/route.ts';

export const adjustCredits = route({
  id: 'adjustCredits',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/adjustments',
  summary: 'Correct a balance by a signed amount, with a reason',
  permission: 'credits.grant',
  target: customerTarget,
  params: customerPath,
  body: adjustCommand,
  dryRun: true,
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, outOfBounds],
  alongside: besideSystem,
  load: async (input) => {
    const [ledger, system] = await Promise.all([
      headOf(input.target, input.consistent),
      providerSystem(input),
    ]);
    return { ledger, system };
  },
  decide: ({ scope, body, now }, { ledger, system }) => {
    requireSystem(system);
    return adjust(ledger, body, { actor: scope.actor, now });
  },
});
