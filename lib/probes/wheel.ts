import { wheelKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { silenceSeconds } from './pulse.ts';

// Rows are deleted by whoever has looked; time alone takes none away.
const never = 9_999_999_999;

/** The minute (`YYYY-MM-DDTHH:MM`) in which a probe last heard at `seenAt` can be late at the earliest: the first that begins after its deadline. */
export function minuteToLook(seenAt: string, silence = silenceSeconds): string {
  const deadline = Date.parse(seenAt) + silence * 1000;
  return new Date(Math.ceil(deadline / 60_000) * 60_000).toISOString().slice(0, 16);
}

/** Puts a probe into the minute in which it is looked at next, whether it stands there or not. */
export function lookWrite(of: { customerId: string; probeId: string }, minute: string): Write {
  const item = { ...wheelKey({ ...of, minute }), kind: 'look', ...of, expiresAt: never };
  return { do: 'overwrite', item, expiredBefore: never + 1 };
}
