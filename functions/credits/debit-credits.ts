import { customerPath, customerTarget, debitCommand } from '../../lib/credits/commands.ts';
import { debitStanding } from '../../lib/credits/debit-store.ts';
import { entryView } from '../../lib/credits/entry.ts';
import {
  creditsOff,
  insufficient,
  outOfBounds,
  requestReused,
  requestUnverifiable,
} from '../../lib/credits/problems.ts';
import { requestDebit } from '../../lib/credits/request.ts';
import { besideSystem } from '../../lib/credits/store.ts';
import { route } from '../../lib/kit/route.ts';

export const debitCredits = route({
  id: 'debitCredits',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/debits',
  summary: 'Take credits from a balance',
  description:
    'Send an Idempotency-Key, or your own `requestId` in the body, or both. A request id made within a day debits once for ever.',
  permission: 'credits.debit',
  target: customerTarget,
  params: customerPath,
  body: debitCommand,
  dryRun: true,
  idempotency: 'own',
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, outOfBounds, insufficient, requestReused, requestUnverifiable],
  alongside: besideSystem,
  load: debitStanding,
  decide: ({ scope, body, now, idempotencyKey }, standing) =>
    requestDebit(standing, body, { actor: scope.actor, now, idempotencyKey }),
});
