import type { Credential, Proven } from '../kit/agent.ts';
import type { Pulse } from './pulse.ts';
import { inService } from './step.ts';

/** Lower counts with other signatures, within an hour, that make a second machine likely. */
export const mostStrays = 3;
const strayMs = 3_600_000;

/**
 * Why a pulse did not take a call. SUPERSEDED: with a key pair that a rotation has ended. OTHER: nothing of the call itself; a condition of what it wants to change, or the
 * pulse has moved on and may be asked again.
 */
export type Miss =
  | 'REVOKED'
  | 'SUPERSEDED'
  | 'ANOTHER_HOST'
  | 'REPLAYED'
  | 'STRAY'
  | 'PENDING'
  | 'DOWN'
  | 'OTHER';

export type CloneSign = 'ANOTHER_HOST' | 'COUNT_WENT_BACK' | 'SUPERSEDED';

export function whyMissed(
  pulse: Pulse | undefined,
  { credential, count, host, mark }: Proven,
  now: string,
): Miss {
  const waits = pulse?.state === 'PENDING';
  if (!pulse || !(waits || inService(pulse.state))) return 'REVOKED';
  if (!counts(pulse, credential, now)) return isSuperseded(pulse, credential) ? 'SUPERSEDED' : 'REVOKED';
  if (host !== pulse.host) return 'ANOTHER_HOST';
  if (count <= pulse.count) return count === pulse.count && mark === pulse.mark ? 'REPLAYED' : 'STRAY';
  if (pulse.state === 'PENDING' || pulse.state === 'DOWN') return pulse.state;
  return 'OTHER';
}

type KeyPair = Pick<Credential, 'generation' | 'publicKey'>;

const counts = (pulse: Pulse, held: KeyPair, now: string) =>
  (held.generation === pulse.generation && held.publicKey === pulse.publicKey) ||
  isOverlapping(pulse, held, now);

/** True where a call with this key pair says something of the probe as it is now, be it let in or waiting. */
export const isTelling = (pulse: Pulse, held: KeyPair, now: string): boolean =>
  (pulse.state === 'PENDING' && counts(pulse, held, now)) ||
  isHeld(pulse, held, now) ||
  isSuperseded(pulse, held);

/** True where this key pair is the one of a probe that is let in. */
export const isHeld = (pulse: Pulse, held: KeyPair, now: string): boolean =>
  inService(pulse.state) && counts(pulse, held, now);

/**
 * True where this key pair is out because the agent went on to another one by itself, and has used that. Its holder
 * did not: one of the two is a copy.
 */
export function isSuperseded(
  { state, previous, enrolled, ...pulse }: Pulse,
  { generation }: KeyPair,
): boolean {
  const since = enrolled !== undefined && enrolled <= generation && generation < pulse.generation;
  return inService(state) && since && previous === undefined;
}

/** True while the key pair of before a rotation still counts. */
export function isOverlapping(pulse: Pulse, { generation, publicKey }: KeyPair, now: string): boolean {
  const { previous, previousKey, previousUntil = '' } = pulse;
  return previous === generation && previousKey === publicKey && previousUntil > now;
}

/** What a stray call changes of the pulse: how many there were within an hour, and since when. */
export function strayed(pulse: Pulse, now: string): { strays: number; straysSince: string } {
  const { strays = 0, straysSince = now } = pulse;
  const fresh = Date.parse(now) - Date.parse(straysSince) < strayMs;
  return fresh ? { strays: strays + 1, straysSince } : { strays: 1, straysSince: now };
}
