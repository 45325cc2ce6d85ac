import type { Holder, KeyPair, Proven } from './agent.ts';

/** How long the key pair before still counts after a rotation. */
export const overlapSeconds = 24 * 3600;

/** How far the number of a report may be above that of the last one that counted: enough is left for those to come. */
export const mostAhead = 1_000_000;

/** What is kept of an agent's key pairs, and of the last call of it that was heard. */
export interface Heard {
  readonly generation: number;
  /** The generation of the last enrolment: those since are its own rotations. */
  readonly enrolled?: number | undefined;
  readonly publicKey?: string | undefined;
  /** The generation before, while it still counts. */
  readonly previous?: number | undefined;
  readonly previousKey?: string | undefined;
  readonly previousUntil?: string | undefined;
  readonly host?: string | undefined;
  /** The highest count that was heard, and its mark. */
  readonly count: number;
  readonly mark?: string | undefined;
}

/** No key pair before the present one. */
export const oneKeyPair = { previous: null, previousKey: null, previousUntil: null } as const;

/**
 * Why a call was not heard. SUPERSEDED: its key pair is one that a rotation has ended. REPLAYED: it was heard before;
 * STRAY: another one with its count, or a higher one, was.
 */
export type Slip = 'REVOKED' | 'SUPERSEDED' | 'ANOTHER_HOST' | 'REPLAYED' | 'STRAY';

/** Undefined where nothing of the call itself is wrong. */
export function slipOf(
  kept: Heard,
  { credential, count, host, mark }: Proven<Holder>,
  now: string,
): Slip | undefined {
  if (!holds(kept, credential, now)) return isReplaced(kept, credential) ? 'SUPERSEDED' : 'REVOKED';
  if (host !== kept.host) return 'ANOTHER_HOST';
  if (count > kept.count) return undefined;
  return count === kept.count && mark === kept.mark ? 'REPLAYED' : 'STRAY';
}

/** True where a key pair counts: the present one, or the one before while it overlaps. */
export const holds = (kept: Heard, held: KeyPair, now: string): boolean =>
  (held.generation === kept.generation && held.publicKey === kept.publicKey) ||
  isOverlapping(kept, held, now);

/** True while the key pair of before a rotation still counts. */
export function isOverlapping(kept: Heard, { generation, publicKey }: KeyPair, now: string): boolean {
  const { previous, previousKey, previousUntil = '' } = kept;
  return previous === generation && previousKey === publicKey && previousUntil > now;
}

/**
 * True where this key pair is out because the agent went on to another one by itself, and has used that. Its holder
 * did not: one of the two is a copy.
 */
export function isReplaced(
  { previous, enrolled, generation: present }: Heard,
  { generation }: KeyPair,
): boolean {
  const since = enrolled !== undefined && enrolled <= generation && generation < present;
  return since && previous === undefined;
}

/** A call as one change of what is kept: under which conditions it is heard. The first one of a new key pair ends the one before. */
export function hearing(
  { credential, count, host, mark }: Proven<Holder>,
  now: string,
  as: 'PRESENT' | 'OVERLAPPING',
) {
  const { generation, publicKey } = credential;
  const overlapping = as === 'OVERLAPPING';
  return {
    set: { count, mark, seenAt: now, ...(overlapping ? {} : oneKeyPair) },
    where: {
      host,
      ...(overlapping ? { previous: generation, previousKey: publicKey } : { generation, publicKey }),
    },
    below: { count },
    atLeast: overlapping ? { previousUntil: now } : {},
  };
}

/** True where the agent of generation `by` has registered this very key pair already: it asks again. */
export const isRotated = (kept: Heard, asked: { by: number; publicKey: string }): boolean =>
  kept.previous === asked.by && kept.publicKey === asked.publicKey;

/**
 * What a rotation sets: another key pair for the agent of generation `by` (the present one, or the one before while it
 * counts). Where no answer came it may ask again: then the pair that it never got to use is out, and the time of the
 * old one goes on.
 */
export function rotated(
  before: Heard,
  { by, publicKey, now }: { by: number; publicKey: string; now: string },
) {
  const again = by === before.previous;
  const ends = new Date(Date.parse(now) + overlapSeconds * 1000).toISOString();
  return {
    generation: before.generation + 1,
    publicKey,
    previous: by,
    previousKey: (again ? before.previousKey : before.publicKey) ?? null,
    previousUntil: again ? (before.previousUntil ?? ends) : ends,
  };
}
