import { customerPath, customerTarget, refundCommand } from '../../lib/credits/commands.ts';
import { entryView, previousAtOf } from '../../lib/credits/entry.ts';
import {
  alreadyRefunded,
  creditsOff,
  lineRequired,
  notRefundable,
  outOfBounds,
} from '../../lib/credits/problems.ts';
import { refund } from '../../lib/credits/refunds.ts';
import { besideSystem, entryAt, headOf, providerSystem } from '../../lib/credits/store.ts';
import { requireSystem } from '../../lib/credits/system.ts';
import { refuse } from '../../lib/kit/plan.ts';
import { notFound } from '../../lib/kit/problem.ts';
import { route } from '../../lib/kit/route.ts';

export const refundDebit = route({
  id: 'refundDebit',
  method: 'POST',
  path: '/v1/customers/{customerId}/credits/refunds',
  summary: 'Give back a debit, or one line of a batch, once',
  permission: 'credits.debit',
  target: customerTarget,
  params: customerPath,
  body: refundCommand,
  dryRun: true,
  reply: { status: 201, body: entryView },
  refuses: [creditsOff, outOfBounds, notRefundable, lineRequired, alreadyRefunded],
  alongside: besideSystem,
  load: async (input) => {
    const [ledger, system, debit] = await Promise.all([
      headOf(input.target, input.consistent),
      providerSystem(input),
      entryAt(input.target, previousAtOf(input.body.entryId)),
    ]);
    return { ledger, system, debit };
  },
  decide: ({ scope, body, now }, { ledger, system, debit }) => {
    requireSystem(system);
    if (!debit) refuse(notFound, 'There is no such entry');
    return refund(ledger, { ...body, debit }, { actor: scope.actor, now });
  },
});
