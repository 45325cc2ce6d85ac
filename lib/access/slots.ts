import * as z from 'zod';
import { openSessionsKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import { tooManySessions } from './problems.ts';
import type { Stored } from './view.ts';

export const mostOfPerson = 3;
export const mostOfCustomer = 20;

const slot = z.object({ id: z.string(), personId: z.string(), until: z.string(), epoch: z.number() });
type Slot = z.output<typeof slot>;
const stored = z.object({
  open: z.array(slot),
  lastOpenedAt: z.string().nullable(),
  version: z.number(),
});
type Slots = z.output<typeof stored>;

const toSlots = (item: Stored): Slots =>
  item ? stored.parse(item) : { open: [], lastOpenedAt: null, version: 0 };

function keep(customerId: string, before: Slots, change: Partial<Slots>): Write {
  const item = {
    ...openSessionsKey(customerId),
    kind: 'openSessions',
    ...before,
    ...change,
    version: before.version + 1,
  };
  return before.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: before.version };
}

/** Takes a place among a customer's open sessions; refused where there are too many that count. */
export function takeSlot(customerId: string, item: Stored, taken: Slot & { now: string }): Write {
  const { now, ...one } = taken;
  const before = toSlots(item);
  const open = before.open.filter(({ until, epoch }) => until > now && epoch === one.epoch);
  const own = open.filter(({ personId }) => personId === one.personId);
  if (own.length >= mostOfPerson || open.length >= mostOfCustomer) refuse(tooManySessions);
  return keep(customerId, before, { open: [...open, one], lastOpenedAt: now });
}

/** Gives a place a new end; `null` frees it. */
export function turnSlot(
  customerId: string,
  item: Stored,
  turned: { id: string; until: string | null },
): Write {
  const before = toSlots(item);
  const open = before.open.flatMap((one) => {
    if (one.id !== turned.id) return one;
    return turned.until === null ? [] : { ...one, until: turned.until };
  });
  return keep(customerId, before, { open });
}
