import { entryId } from '../../lib/credits/entry.ts';
import { type Check, covered, type Stored, tenantOf, type Watch } from './check.ts';
import { readEntry } from './lots.ts';

/** A debit, or a line of one, by its place and frozen amount: what a refund needs, and what a debit has. */
function saidOf(item: Stored): { needs?: string; has: readonly string[]; where: string } {
  const one = readEntry(item);
  const tenant = tenantOf(item);
  const where = `${tenant} entry ${one?.seq}`;
  if (one?.type === 'REFUND') return { needs: `${tenant} ${one.refundOf} ${one.amount}`, has: [], where };
  if (one?.type !== 'DEBIT') return { has: [], where };
  const id = `${tenant} ${entryId(one.previousAt)}`;
  const lines = one.lines?.map(({ amount }, line) => `${id}#${line} ${amount}`);
  return { has: lines ?? [`${id} ${one.amount}`], where };
}

/** A refund gives back a debit, or a line of one, at the amount frozen there. That it does so once, its mark says: see `names`. */
export const refunds: Check = (_known, tell) => {
  const debits = covered();
  return {
    see: (item) => {
      const { needs, has } = saidOf(item);
      if (needs) debits.need(needs);
      for (const one of has) debits.have(one);
    },
    again: () => (debits.isWhole() ? undefined : closer(tell, debits.isSuspect)),
  };
};

function closer(tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const needed = new Map<string, string>();
  const had = new Set<string>();
  return {
    see: (item) => {
      const { needs, has, where } = saidOf(item);
      if (needs && isSuspect(needs)) needed.set(needs, where);
      for (const one of has) if (isSuspect(one)) had.add(one);
    },
    end: () => {
      for (const [name, where] of needed)
        if (!had.has(name)) tell(where, 'it gives back what was not debited, or another amount');
    },
  };
}
