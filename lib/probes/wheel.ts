import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { wheelKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { silenceSeconds } from './pulse.ts';

const minuteMs = 60_000;
// Rows are deleted by whoever has looked; time alone takes none away.
const never = 9_999_999_999;
const oneIn = 16;

const stored = z.object({ PK: z.string(), SK: z.string(), customerId: z.string(), probeId: z.string() });

/** A row of the wheel: a hint that a probe is to be looked at. What decides is its pulse. */
export type Look = z.infer<typeof stored>;
export const toLook = (item: Readonly<Record<string, unknown>>): Look => stored.parse(item);

const minuteOf = (ms: number) => new Date(ms).toISOString().slice(0, 16);

/** The first minute (`YYYY-MM-DDTHH:MM`) that begins at or after an instant (milliseconds since 1970). */
export const minuteAt = (ms: number): string => minuteOf(Math.ceil(ms / minuteMs) * minuteMs);

/** The minute in which a probe last heard at `seenAt` can be late at the earliest: the first that begins after its deadline. */
export const minuteToLook = (seenAt: string, silence = silenceSeconds): string =>
  minuteAt(Date.parse(seenAt) + silence * 1000);

/** Puts a probe into the minute in which it is looked at next, whether it stands there or not. */
export function lookWrite(of: { customerId: string; probeId: string }, minute: string): Write {
  const { customerId, probeId } = of;
  const item = { ...wheelKey({ customerId, probeId, minute }), kind: 'look', customerId, probeId };
  return { do: 'overwrite', item: { ...item, expiresAt: never }, expiredBefore: never + 1 };
}

/**
 * Where else a probe may stand. Two runs at once, or an enrolment of a probe that was up, can leave it in two minutes,
 * and each would be carried on for ever: so one look in sixteen asks for the later ones. None: this look does not ask.
 */
export function laterPlaces(row: Look, at: { now: string; silenceSeconds: number }) {
  const minutes = Math.ceil(at.silenceSeconds / 60) + 1;
  if (Buffer.from(digest(row.SK), 'base64url').readUInt16BE() % oneIn !== 0) return [];
  const first = Math.floor(Date.parse(at.now) / minuteMs) + 1;
  return Array.from({ length: minutes }, (_, n) =>
    wheelKey({ ...row, minute: minuteOf((first + n) * minuteMs) }),
  );
}
