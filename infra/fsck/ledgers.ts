import { type Entry, effectOf, hashOf } from '../../lib/credits/entry.ts';
import { faultOf, type Link, linkOf, toldOf } from '../../lib/credits/link.ts';
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

/** Ledgers with a link that does not hold, entry after entry. */
function inOrder(tell: Parameters<Check>[1], isSuspect: (name: string) => boolean): Watch {
  const broken = new Set<string>();
  const collect = (): Watch => {
    const found = new Map<string, Read[]>();
    return {
      see: (item) => {
        const tenant = tenantOf(item);
        const one = item.kind === 'entry' && broken.has(tenant) ? read(item) : undefined;
        if (!one) return;
        const link = { told: toldOf(one), link: linkOf(one) };
        found.set(tenant, [...(found.get(tenant) ?? []), link]);
      },
      end: () => {
        for (const [tenant, links] of found)
          compare(
            tenant,
            links.toSorted((a, b) => a.link.seq - b.link.seq),
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

interface Read {
  readonly told: ReturnType<typeof toldOf>;
  readonly link: Link;
}

function compare(tenant: string, all: readonly Read[], tell: Parameters<Check>[1]): void {
  let before: Link | undefined;
  for (const { told, link } of all) {
    const fault = faultOf(before, told);
    if (fault) tell(`${tenant} entry ${told.seq}`, fault);
    before = link;
  }
}
