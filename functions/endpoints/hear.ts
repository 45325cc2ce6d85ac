import { standing as standingNode } from '../../lib/aws/place.ts';
import { react } from '../../lib/aws/react.ts';
import { machinePulseAt, type Touch, touch } from '../../lib/endpoints/hearing-store.ts';
import { flagged } from '../../lib/endpoints/key-pair.ts';
import { type MachinePulse, machineActor } from '../../lib/endpoints/machine.ts';
import type { AgentInput, MachineCredential } from '../../lib/kit/agent.ts';
import { slipOf } from '../../lib/kit/hearing.ts';
import { type Plan, refuse } from '../../lib/kit/plan.ts';
import { agentCloned, agentReplayed, agentRevoked, Problem, unavailable } from '../../lib/kit/problem.ts';

type Call = Pick<AgentInput<unknown, MachineCredential>, 'proven' | 'now' | 'requestId'>;

/** The machine's pulse. `done`: what the call changes beside is in it; else a condition of that did not hold. */
export interface Heard {
  readonly pulse: MachinePulse;
  readonly done: boolean;
}

const mostTries = 6;
const patienceMs = 4000;

/** Hears a proven call: 1 UpdateItem, whatever else it changes (`more`). */
export async function hear(call: Call, more: Touch = {}): Promise<Heard> {
  const { proven, now } = call;
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const touched = await touch(proven, now, more);
    if ('heard' in touched) return { pulse: touched.heard, done: true };
    const pulse = touched.missed;
    // We made this certificate, and there is no such machine any more: it was removed.
    if (!pulse) return gone();
    const slip = slipOf(pulse, proven, now);
    if (slip) return turnAway(call, pulse, slip);
    if (more.below) return { pulse, done: false };
  }
  throw new Problem(unavailable);
}

/** The answer to a machine that was removed, or whose customer was. */
export const gone = (): never => refuse(agentRevoked, undefined, { commands: ['UNENROL'] });

async function turnAway(
  call: Call,
  pulse: MachinePulse,
  why: NonNullable<ReturnType<typeof slipOf>>,
): Promise<never> {
  if (why === 'REPLAYED' || why === 'STRAY') return refuse(agentReplayed, undefined, { count: pulse.count });
  if (why === 'REVOKED') return refuse(agentRevoked);
  // What is known is not written, nor read, again.
  if (pulse.clonedAt === undefined)
    await decideOn(call, (found, now) => {
      const slip = slipOf(found, call.proven, now);
      return slip === 'ANOTHER_HOST' || slip === 'SUPERSEDED' ? flagged(found, slip, now) : undefined;
    });
  return refuse(why === 'SUPERSEDED' ? agentRevoked : agentCloned);
}

/**
 * Decides about a machine from what is stored now and writes it with its receipt in the machine's name; `used`: whether
 * the key pair that it asks for was used before.
 */
export function decideOn(
  { proven, requestId }: Call,
  decide: (
    pulse: MachinePulse,
    now: string,
    used: boolean,
  ) => Pick<Plan, 'writes' | 'receipt' | 'announcements'> | undefined,
  publicKey?: string,
): Promise<void> {
  const { customerId, machineId } = proven.credential;
  return react(
    { traceId: requestId },
    async (now) => {
      const { pulse, node, used } = await machinePulseAt(customerId, machineId, publicKey);
      const target = await standingNode(node);
      const plan = pulse && target && decide(pulse, now, used);
      return plan && target && pulse && { plan: { ...plan, reply: {} }, target, actor: machineActor(pulse) };
    },
    patienceMs,
  );
}
