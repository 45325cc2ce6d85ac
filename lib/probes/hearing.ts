import type { KeyPair, Proven } from '../kit/agent.ts';
import { holds, isReplaced, type Slip, slipOf } from '../kit/hearing.ts';
import type { Pulse } from './pulse.ts';
import { inService } from './step.ts';

/** Lower counts with other signatures, within an hour, that make a second machine likely. */
export const mostStrays = 3;
const strayMs = 3_600_000;

/**
 * Why a pulse did not take a call. OTHER: nothing of the call itself; a condition of what it wants to change, or the
 * pulse has moved on and may be asked again.
 */
export type Miss = Slip | 'PENDING' | 'DOWN' | 'OTHER';

export type CloneSign = 'ANOTHER_HOST' | 'COUNT_WENT_BACK' | 'SUPERSEDED';

export function whyMissed(pulse: Pulse | undefined, proven: Proven, now: string): Miss {
  const waits = pulse?.state === 'PENDING';
  if (!pulse || !(waits || inService(pulse.state))) return 'REVOKED';
  const slip = slipOf(pulse, proven, now);
  if (slip) return slip === 'SUPERSEDED' && waits ? 'REVOKED' : slip;
  if (pulse.state === 'PENDING' || pulse.state === 'DOWN') return pulse.state;
  return 'OTHER';
}

/** True where a call with this key pair says something of the probe as it is now, be it let in or waiting. */
export const isTelling = (pulse: Pulse, held: KeyPair, now: string): boolean =>
  (pulse.state === 'PENDING' && holds(pulse, held, now)) ||
  isHeld(pulse, held, now) ||
  (inService(pulse.state) && isReplaced(pulse, held));

/** True where this key pair is the one of a probe that is let in. */
export const isHeld = (pulse: Pulse, held: KeyPair, now: string): boolean =>
  inService(pulse.state) && holds(pulse, held, now);

/** What a stray call changes of the pulse: how many there were within an hour, and since when. */
export function strayed(pulse: Pulse, now: string): { strays: number; straysSince: string } {
  const { strays = 0, straysSince = now } = pulse;
  const fresh = Date.parse(now) - Date.parse(straysSince) < strayMs;
  return fresh ? { strays: strays + 1, straysSince } : { strays: 1, straysSince: now };
}
