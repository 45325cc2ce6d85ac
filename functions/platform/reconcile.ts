import { commit, LostRace } from '../../lib/aws/db.ts';
import { log } from '../../lib/aws/log.ts';
import { count, gauge } from '../../lib/aws/metrics.ts';
import { secret } from '../../lib/aws/world.ts';
import type { Link } from '../../lib/credits/link.ts';
import type { Schedule } from '../../lib/kit/context.ts';
import { begin, hoursSince, isOver, isResting, keep, type Round } from '../../lib/platform/reconciler.ts';
import { roundNow } from '../../lib/platform/reconciler-store.ts';
import { type Findings, step } from './reconcile-step.ts';

/** Steps of a run, whatever there is to look at: five queries each at most. */
const mostSteps = 60;
const patienceMs = 40_000;

/** Goes round all tenants, a bounded piece at a time: it reads, tells what is not in order, and mends nothing. */
export const reconcile: Schedule = {
  id: 'reconcile',
  every: 'rate(5 minutes)',
  impact:
    'Nobody compares balances, pools and notices with what they are made of: a fault of ours stays unseen.',
  run: (now) => reconcileWithin(now, { steps: mostSteps, milliseconds: patienceMs }),
};

/** Looks at so much of a round and remembers how far it came; another run that was faster leaves this one without effect. */
export async function reconcileWithin(
  now: string,
  most: { readonly steps: number; readonly milliseconds: number },
): Promise<void> {
  const deadline = Date.now() + most.milliseconds;
  const kept = await roundNow<Link>();
  if (kept && isResting(kept, now)) return gauge('ReconcilerRoundHours', hoursSince(kept, now));
  let round: Round<Link> = kept && !isOver(kept, now) ? kept : begin(kept, now);
  const findings: Findings = { reads: 1, found: [] };
  let steps = 0;
  for (; steps < most.steps && Date.now() < deadline; steps++) {
    round = await step(round, { findings, now });
    if (round.endedAt === now) break;
  }
  const { reads, found } = findings;
  round = { ...round, differences: round.differences + found.length };
  try {
    await commit([keep(round)], secret(24), Date.now() + 5000);
  } catch (error) {
    if (error instanceof LostRace) return;
    throw error;
  }
  for (const { where, what } of found) log().error('difference', { where, what });
  if (found.length > 0) count('ReconcilerDifferences', found.length);
  gauge('ReconcilerRoundHours', hoursSince(round, now));
  log().info('reconciled', {
    round: round.round,
    steps,
    reads,
    found: found.length,
    ended: round.endedAt === now,
    unremembered: round.unremembered ?? 0,
  });
}
