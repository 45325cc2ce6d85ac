import type { AgentInput } from '../../lib/kit/agent.ts';
import { refuse } from '../../lib/kit/plan.ts';
import {
  agentCloned,
  agentReplayed,
  agentRevoked,
  awaitingApproval,
  Problem,
  unavailable,
} from '../../lib/kit/problem.ts';
import {
  type CloneSign,
  isHeld,
  isTelling,
  mostStrays,
  strayed,
  whyMissed,
} from '../../lib/probes/hearing.ts';
import { flagClone } from '../../lib/probes/key-pair.ts';
import { comeBack } from '../../lib/probes/lifecycle.ts';
import type { Pulse } from '../../lib/probes/pulse.ts';
import { type Touch, touch } from '../../lib/probes/pulse-store.ts';
import { rhythm } from './rhythm.ts';
import { caller, note, step } from './settle-agent.ts';

type Call = Pick<AgentInput, 'proven' | 'now' | 'requestId'>;

/** The probe's pulse. `done`: what the call changes beside is in it; else a condition of that did not hold. */
export interface Heard {
  readonly pulse: Pulse;
  readonly done: boolean;
}

const mostTries = 6;

/**
 * Hears a proven call: 1 UpdateItem, whatever else it changes (`more`). Refuses whoever is revoked, waits, calls from
 * another machine or repeats a count; a probe that was down comes back first.
 */
export async function hear(call: Call, more: Touch = {}): Promise<Heard> {
  const { proven, now } = call;
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const touched = await touch(proven, now, more);
    if ('heard' in touched) return { pulse: touched.heard, done: true };
    const pulse = touched.missed;
    const why = whyMissed(pulse, proven, now);
    if (!pulse || why === 'REVOKED') return refuse(agentRevoked);
    if (why === 'DOWN') await returned(call);
    else if (why !== 'OTHER') return turnAway(call, pulse, why);
    else if (isBound(more)) return { pulse, done: false };
  }
  throw new Problem(unavailable);
}

const isBound = ({ where, below, atLeast }: Touch) =>
  [where, below, atLeast].some((one) => one !== undefined);

async function turnAway(
  call: Call,
  pulse: Pulse,
  why: 'SUPERSEDED' | 'ANOTHER_HOST' | 'REPLAYED' | 'STRAY' | 'PENDING',
): Promise<never> {
  if (why === 'PENDING') {
    const retryAfterSeconds = rhythm().intervalSeconds;
    return refuse(awaitingApproval, undefined, { retryAfterSeconds });
  }
  // What is known is not written, nor read, again.
  const known = pulse.clonedAt !== undefined;
  if (why === 'SUPERSEDED' || why === 'ANOTHER_HOST') {
    if (!known) await flag(call, why);
    return refuse(why === 'SUPERSEDED' ? agentRevoked : agentCloned);
  }
  if (why === 'STRAY' && !known) await stray(call, pulse);
  return refuse(agentReplayed, undefined, { count: pulse.count });
}

/** Lower counts are counted; several within an hour are told as a likely copy of the key pair. */
async function stray(call: Call, pulse: Pulse): Promise<void> {
  const set = strayed(pulse, call.now);
  if (set.strays >= mostStrays) await flag(call, 'COUNT_WENT_BACK');
  else await note(pulse, set, ['strays', 'straysSince', 'clonedAt', 'state', 'generation']);
}

const flag = (call: Call, why: CloneSign) =>
  step(caller(call), ({ pulse }, now) =>
    isTelling(pulse, call.proven.credential, now) ? flagClone(pulse, { why, now }) : undefined,
  );

const returned = (call: Call) =>
  step(caller(call), ({ pulse }, now) =>
    pulse.state === 'DOWN' && isHeld(pulse, call.proven.credential, now)
      ? comeBack(pulse, { now, ...rhythm() })
      : undefined,
  );
