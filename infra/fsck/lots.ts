import { type Entry, toEntry } from '../../lib/credits/entry.ts';
import { total, unpack } from '../../lib/credits/lots.ts';
import { type Check, type Stored, tenantOf } from './check.ts';

/** A stored entry of a ledger; undefined where it is none. */
export function readEntry(item: Stored): Entry | undefined {
  if (item.kind !== 'entry') return undefined;
  try {
    return toEntry(item);
  } catch {
    return undefined;
  }
}

/** Lots that are open after an entry are never more than its balance. */
export const lots: Check = (_known, tell) => ({
  see: (item) => {
    const one = readEntry(item);
    const open = one ? total(unpack(one.lots)) : 0;
    if (one && open > Math.max(0, one.balance))
      tell(`${tenantOf(item)} entry ${one.seq}`, `it has ${open} in lots, and a balance of ${one.balance}`);
  },
});
