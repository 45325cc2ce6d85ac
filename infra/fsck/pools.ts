import { lentTo, poolFaults } from '../../lib/licensing/lent.ts';
import { type Check, tally, tenantOf } from './check.ts';
import { providerAbove } from './skeleton.ts';

/** What a pool lends is what its customers’ limits reserve and what they use beyond them, and never more than there is. */
export const pools: Check = (known, tell) => {
  const lent = tally();
  const pooled = new Set<string>();
  return {
    see: (item) => {
      const tenant = tenantOf(item);
      if (item.kind === 'pool') {
        const { allocated, shared } = item as unknown as Record<string, number>;
        const where = `${tenant} ${item.type}`;
        pooled.add(where);
        lent.add(`${where}|allocated`, allocated ?? 0);
        lent.add(`${where}|shared`, shared ?? 0);
        for (const fault of poolFaults(item)) tell(where, fault);
      } else if (item.kind === 'meter') {
        const providerId = providerAbove(known, tenant);
        if (providerId === tenant) {
          if (Number(item.limit ?? 0) !== 0)
            tell(`${tenant} ${item.type}`, 'no partner looks after it, and it has a limit');
          return;
        }
        const where = `${providerId} ${item.type}`;
        const lends = lentTo(item);
        lent.add(`${where}|allocated`, -lends.allocated);
        lent.add(`${where}|shared`, -lends.shared);
      }
    },
    end: () => {
      for (const [name, off] of lent.uneven()) {
        const [where = '', what = ''] = name.split('|');
        const pool = pooled.has(where) ? 'its pool' : 'a pool that is not there';
        tell(
          where,
          `${pool} counts ${Math.abs(off)} ${what} ${off > 0 ? 'more' : 'fewer'} than customers have`,
        );
      }
    },
  };
};
