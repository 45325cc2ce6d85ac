import { toNode } from '../../lib/aws/auth.ts';
import { commit, LostRace } from '../../lib/aws/db.ts';
import { settle } from '../../lib/aws/settle.ts';
import { backoff, now, secret } from '../../lib/aws/world.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import type { Plan } from '../../lib/kit/plan.ts';

const patienceMs = 10_000;

/** What an event leads to at a node; undefined: nothing, it was done before or concerns nobody here. */
export type Decided = { readonly plan: Plan; readonly node: Record<string, unknown> | undefined } | undefined;

/** Writes what an event leads to; decided again from fresh reads when another writer was first. */
export async function settleReaction(
  envelope: Envelope,
  decide: (at: string) => Promise<Decided>,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    const at = now();
    const decided = await decide(at);
    if (!decided || decided.plan.writes.length === 0) return;
    const target = toNode(decided.node);
    if (!target) throw new Error(`Event ${envelope.id} concerns a node that does not exist`);
    const actor = { id: 'notifications', kind: 'system' as const, home: target.id };
    const writes = settle(decided.plan, { actor, target, now: at, requestId: envelope.traceId });
    try {
      await commit(writes, secret(24), deadline);
      return;
    } catch (error) {
      if (!(error instanceof LostRace) || Date.now() > deadline) throw error;
      await backoff(attempt);
    }
  }
}
