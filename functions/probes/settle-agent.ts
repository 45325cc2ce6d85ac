import { commit, LostRace } from '../../lib/aws/db.ts';
import { standing } from '../../lib/aws/place.ts';
import { type Decided, react } from '../../lib/aws/react.ts';
import { secret } from '../../lib/aws/world.ts';
import type { AgentInput } from '../../lib/kit/agent.ts';
import { pulseKey } from '../../lib/kit/keys.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import type { Node } from '../../lib/kit/scope.ts';
import type { Approval } from '../../lib/probes/approval.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import { whereabouts } from '../../lib/probes/pulse-store.ts';
import { agentOf } from '../../lib/probes/step.ts';

const patienceMs = 4000;

/** The writes of a decision; a `Step` is one. */
type Decision = Pick<Plan, 'writes' | 'receipt' | 'announcements'>;

/** What a decision about a probe looks at. */
export interface Surroundings {
  readonly pulse: Pulse;
  readonly customer: Node;
  readonly approval: Approval;
}

/**
 * Decides about a probe from what is stored now and writes it with its receipt in the name of the agent; again where
 * another writer was first. Nothing where there is no such probe or nothing is decided.
 */
export function step(
  of: { readonly customerId: string; readonly probeId: string; readonly requestId: string },
  decide: (found: Surroundings, now: string) => Decision | undefined,
): Promise<void> {
  return react(
    { traceId: of.requestId },
    async (now): Promise<Decided> => {
      const { pulse, node, approval } = await whereabouts(of.customerId, of.probeId);
      const customer = await standing(node);
      const plan = pulse && customer && decide({ pulse, customer, approval }, now);
      return plan && customer && { plan: { ...plan, reply: {} }, target: customer, actor: agentOf(pulse) };
    },
    patienceMs,
  );
}

/** Notes something on the pulse that nobody is told of, as long as `seen` is as it was; else somebody else did. */
export async function note(
  pulse: Pulse,
  set: Readonly<Record<string, unknown>>,
  seen: readonly (keyof Pulse)[],
): Promise<void> {
  const where = Object.fromEntries(
    seen.map((name) => [name, (pulse[name] ?? null) as string | number | null]),
  );
  const key = pulseKey(pulse.customerId, pulse.id);
  await commit([{ do: 'amend', key, set, where }], secret(24), Date.now() + patienceMs).catch(
    (error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    },
  );
}

/** Where a proven call is from. */
export const caller = ({ proven, requestId }: Pick<AgentInput, 'proven' | 'requestId'>) => ({
  customerId: proven.credential.customerId,
  probeId: proven.credential.probeId,
  requestId,
});
