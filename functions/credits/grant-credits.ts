import { customerPath, customerTarget, grantCommand } from '../../lib/credits/commands.ts';
import { entryView } from '../../lib/credits/entry.ts';
import { grant } from '../../lib/credits/ledger.ts';
import { alreadyExpired, creditsOff, outOfBounds, tooManyLots } from '../../lib/credits/problems.ts';
import { besideSystem, headOf, providerSystem } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { route } from '../../lib/kit/route.ts';

export const grantCredits = route({
  id: 'grantCredits',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/grants',
  summary: 'Add credits to a balance',
  description:
    'A negative balance is paid first. Credits burn by priority, then earliest expiry, then oldest; a balance holds at most six expiries and priorities beside plain credits.',
  permission: 'credits.grant',
  target: customerTarget,
  params: customerPath,
  body: grantCommand,
  dryRun: true,
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, outOfBounds, alreadyExpired, tooManyLots],
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
    return grant(ledger, body, { actor: scope.actor, now });
  },
});
