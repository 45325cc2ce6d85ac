import { customerPath, customerTarget, debitCommand } from '../../lib/credits/commands.ts';
import { entryView } from '../../lib/credits/entry.ts';
import { debit } from '../../lib/credits/ledger.ts';
import { requireKey } from '../../lib/credits/own-key.ts';
import { creditsOff, insufficient, outOfBounds, requestReused } from '../../lib/credits/problems.ts';
import { headAndEarlier, providerSystem } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { route } from '../../lib/kit/route.ts';

export const debitCredits = route({
  id: 'debitCredits',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/debits',
  summary: 'Take credits from a balance',
  description:
    'Send an Idempotency-Key, or your own `requestId` in the body, or both. The same request id debits once for ever.',
  permission: 'credits.debit',
  target: customerTarget,
  params: customerPath,
  body: debitCommand,
  dryRun: true,
  idempotency: 'own',
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, outOfBounds, insufficient, requestReused],
  load: async (input) => {
    const [found, system] = await Promise.all([
      headAndEarlier(input.target, input.body.requestId, input.consistent),
      providerSystem(input),
    ]);
    return { ...found, system };
  },
  decide: ({ scope, body, now, idempotencyKey }, { ledger, earlier, system }) => {
    requireKey(body.requestId, idempotencyKey, now);
    requireSystem(system);
    return debit(ledger, body, { actor: scope.actor, now, earlier });
  },
});
