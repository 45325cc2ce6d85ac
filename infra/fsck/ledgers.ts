import { type Entry, effectOf, hashOf } from '../../lib/credits/entry.ts';
import { balance, type Check, placeOf, tenantOf, type Watch } from './check.ts';
import { readEntry as read } from './lots.ts';

/** Where an entry begins and ends: the next one must begin exactly there. */
const beginOf = (one: Entry) => `${one.prev} ${one.seq - 1} ${one.balance - effectOf(one)} ${one.previousAt}`;
const endOf = (one: Entry) => `${hashOf(one)} ${one.seq} ${one.balance} ${one.at}`;
const genesis = ' 0 0 0';

/**
 * Each ledger is one chain from nothing to its head: hash, number, balance and time of one entry are those that the
 * next begins with. Links cancel out, so that a ledger of any length is one sum; only a broken one is read in order.
 */
export const ledgers: Check = (_known, tell) => {
  const links = balance();
  const heads = new Map<string, { seq: number; end: string }>();
  return {
    see: (item) => {
      if (item.kind !== 'entry') return;
      const one = read(item);
      if (!one) return tell(placeOf(item), 'it is no entry of a ledger');
      const tenant = tenantOf(item);
      const end = endOf(one);
      links.put(`${tenant} ${beginOf(one)}`, -1);
      links.put(`${tenant} ${end}`, 1);
      const head = heads.get(tenant);
      if (!head || head.seq < one.seq) heads.set(tenant, { seq: one.seq, end });
    },
    end: () => {
      for (const [tenant, { end }] of heads) {
        links.put(`${tenant} ${genesis}`, 1);
        links.put(`${tenant} ${end}`, -1);
      }
    },
    again: () => (links.isEven() ? undefined : inOrder(tell, links.isSuspect)),
  };
};

type Link = {
  readonly entry: Pick<Entry, 'seq' | 'at' | 'previousAt' | 'prev' | 'balance'>;
  readonly effect: number;
  readonly hash: string;
};

/** Ledgers with a link that does not hold, entry after entry. */
function inOrder(tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const broken = new Set<string>();
  const collect = (): Watch => {
    const found = new Map<string, Link[]>();
    return {
      see: (item) => {
        const tenant = tenantOf(item);
        const one = item.kind === 'entry' && broken.has(tenant) ? read(item) : undefined;
        if (!one) return;
        const { seq, at, previousAt, prev, balance: after } = one;
        const link = {
          entry: { seq, at, previousAt, prev, balance: after },
          effect: effectOf(one),
          hash: hashOf(one),
        };
        found.set(tenant, [...(found.get(tenant) ?? []), link]);
      },
      end: () => {
        for (const [tenant, links] of found)
          compare(
            tenant,
            links.toSorted((a, b) => a.entry.seq - b.entry.seq),
            tell,
          );
      },
    };
  };
  return {
    see: (item) => {
      const one = item.kind === 'entry' ? read(item) : undefined;
      if (!one) return;
      const tenant = tenantOf(item);
      if (isSuspect(`${tenant} ${beginOf(one)}`) || isSuspect(`${tenant} ${endOf(one)}`)) broken.add(tenant);
    },
    again: collect,
  };
}

function compare(tenant: string, links: readonly Link[], tell: Parameters<Check>[1]): void {
  let before: Link | undefined;
  for (const one of links) {
    const { seq, previousAt, prev, balance: after } = one.entry;
    const where = `${tenant} entry ${seq}`;
    if (seq !== (before?.entry.seq ?? 0) + 1) tell(where, `it follows entry ${before?.entry.seq ?? 0}`);
    else if (previousAt !== (before?.entry.at ?? '0'))
      tell(where, 'it stands under another moment than that of the entry before');
    else if (after - one.effect !== (before?.entry.balance ?? 0))
      tell(
        where,
        `it begins with a balance of ${after - one.effect}, the entry before left ${before?.entry.balance ?? 0}`,
      );
    else if (prev !== (before?.hash ?? ''))
      tell(where, 'the entry before is not the one that it was linked to');
    before = one;
  }
}
