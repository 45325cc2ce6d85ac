import * as z from 'zod';
import type { Key } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import { type By, type Ledger, onlyBooked, open } from './chain.ts';
import type { EntryView } from './entry.ts';
import { toPlan } from './ledger.ts';

/** A note that credits of a customer fall due in an hour. */
export const dueLots = z.object({ PK: z.string(), SK: z.string(), customerId: z.string() });
export type DueLots = z.infer<typeof dueLots>;

/** Books what is due and takes the notes away; what was booked or burned before leaves only the notes. */
export function bookDue(ledger: Ledger | undefined, notes: readonly Key[], by: By): Plan<EntryView> {
  const removed = notes.map(({ PK, SK }) => ({ do: 'remove', key: { PK, SK } }) as const);
  const booked = ledger && onlyBooked(open(ledger, by));
  if (!ledger || !booked) return { writes: removed, reply: {} };
  const plan = toPlan(ledger.customerId, booked);
  return { ...plan, writes: [...plan.writes, ...removed] };
}
