import { batchCommand, customerPath, customerTarget } from '../../lib/credits/commands.ts';
import { debitStanding } from '../../lib/credits/debit-store.ts';
import type { Line } from '../../lib/credits/entry.ts';
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

export const debitBatch = route({
  id: 'debitBatch',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/debits/batch',
  summary: 'Take credits for up to 90 lines in one entry',
  description:
    'Send an Idempotency-Key, or your own `requestId` in the body, or both. A request id made within a day debits once for ever.',
  permission: 'credits.debit',
  target: customerTarget,
  params: customerPath,
  body: batchCommand,
  dryRun: true,
  idempotency: 'own',
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, outOfBounds, insufficient, requestReused, requestUnverifiable],
  alongside: besideSystem,
  load: debitStanding,
  decide: ({ scope, body, now, idempotencyKey }, standing) => {
    const lines = body.lines as Line[];
    const amount = lines.reduce((sum, one) => sum + one.amount, 0);
    return requestDebit(standing, { ...body, lines, amount }, { actor: scope.actor, now, idempotencyKey });
  },
});
