import { idTime } from '../kit/id.ts';
import { malformed, Problem } from '../kit/problem.ts';

/** Clocks that make own keys may run ahead of ours by this much. */
export const keySkewMs = 60_000;
const keptMs = 24 * 3_600_000;

/** True when an own key was made so long ago that nobody looks for the debit it may have made. */
export function isTooOld(requestId: string, now: string): boolean {
  return idTime(requestId) < Date.parse(now) - keptMs;
}

/** A debit needs a key: the header's or its own. A new own key is at most a day old and not from the future. */
export function requireKey(
  requestId: string | undefined,
  idempotencyKey: string | undefined,
  now: string,
): void {
  if (requestId === undefined && idempotencyKey === undefined) {
    throw wrong('#/headers/idempotency-key', 'is required where the body has no requestId');
  }
  if (requestId === undefined) return;
  if (idTime(requestId) > Date.parse(now) + keySkewMs) throw wrong('#/requestId', 'was made in the future');
  if (isTooOld(requestId, now)) throw wrong('#/requestId', 'was made more than a day ago');
}

function wrong(pointer: string, message: string): Problem {
  return new Problem(malformed, `${pointer} ${message}`, { errors: [{ pointer, message }] });
}
