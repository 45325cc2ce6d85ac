import { entryId } from '../../lib/credits/entry.ts';
import { balance, type Check, type Stored, tenantOf, type Watch } from './check.ts';
import { readEntry } from './lots.ts';

interface Half {
  /** Both places and the amount: the same for both halves. */
  readonly link: string;
  readonly sign: 1 | -1;
  readonly where: string;
}

function halfOf(item: Stored): Half | undefined {
  const one = readEntry(item);
  if (one?.type !== 'TRANSFER_OUT' && one?.type !== 'TRANSFER_IN') return undefined;
  const own = `${tenantOf(item)}/${entryId(one.previousAt)}`;
  const where = `${tenantOf(item)} entry ${one.seq}`;
  return one.type === 'TRANSFER_OUT'
    ? { link: `${own} to ${one.peer}: ${one.amount}`, sign: 1, where }
    : { link: `${one.peer} to ${own}: ${one.amount}`, sign: -1, where };
}

/** What left one ledger came into the other: each half of a transfer names the other, with the same amount. */
export const transfers: Check = (_known, tell) => {
  const links = balance();
  return {
    see: (item) => {
      const half = halfOf(item);
      if (half) links.put(half.link, half.sign);
    },
    again: () => (links.isEven() ? undefined : closer(tell, links.isSuspect)),
  };
};

function closer(tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const open = new Map<string, Half>();
  return {
    see: (item) => {
      const half = halfOf(item);
      if (!half || !isSuspect(half.link)) return;
      if (open.get(half.link)?.sign === -half.sign) open.delete(half.link);
      else open.set(half.link, half);
    },
    end: () => {
      for (const { where } of open.values()) tell(where, 'it is a transfer without its other half');
    },
  };
}
