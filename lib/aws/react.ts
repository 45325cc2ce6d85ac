import type { Envelope } from '../kit/event.ts';
import type { Kind } from '../kit/id.ts';
import type { Plan } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Actor, Node } from '../kit/scope.ts';
import { commit, LostRace } from './db.ts';
import { settle } from './settle.ts';
import { placedAt } from './tenant-session.ts';
import { backoff, now, secret } from './world.ts';

const usualPatienceMs = 10_000;

/** What an event leads to, at which node and in whose name; undefined: nothing, or nothing more. */
export type Decided =
  | {
      readonly plan: Plan;
      readonly target: Node;
      readonly actor: Actor;
      readonly newId?: (kind: Kind) => string;
    }
  | undefined;

/**
 * Writes what an event leads to. Where another writer was first, or a condition of what was decided no longer holds,
 * decides again (`again`: from consistent reads), until it is out of patience: then throws, and the queue tries again.
 */
export async function react(
  { traceId }: Pick<Envelope, 'traceId'>,
  decide: (at: string, again: boolean) => Promise<Decided>,
  patienceMs = usualPatienceMs,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const at = now();
    const decided = await decide(at, attempt > 0);
    if (!decided) return;
    const { plan, ...by } = decided;
    if (plan.writes.length === 0 && !plan.receipt) return;
    try {
      const writes = settle(plan, { ...by, now: at, requestId: traceId });
      await placedAt(by.target.path, () => commit(writes, secret(24), deadline));
      return;
    } catch (error) {
      const lost = error instanceof LostRace || (error instanceof Problem && error.type.status === 409);
      if (!lost || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}
