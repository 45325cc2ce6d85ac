import { idTime } from '../kit/id.ts';
import { malformed, Problem } from '../kit/problem.ts';

const skewMs = 5 * 60_000;

/** A debit needs a key: the header's or its own. An own key made more than five minutes ahead of us is refused. */
export function requireKey(
  requestId: string | undefined,
  idempotencyKey: string | undefined,
  now: string,
): void {
  if (requestId === undefined && idempotencyKey === undefined) {
    throw wrong('#/headers/idempotency-key', 'is required where the body has no requestId');
  }
  if (requestId !== undefined && idTime(requestId) > Date.parse(now) + skewMs) {
    throw wrong('#/requestId', 'was made in the future');
  }
}

function wrong(pointer: string, message: string): Problem {
  return new Problem(malformed, `${pointer} ${message}`, { errors: [{ pointer, message }] });
}
