import { drawn, type Meter, reserved } from '../../lib/licensing/meter.ts';
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
        const { licensed, free, allocated, shared } = item as unknown as Record<string, number>;
        const where = `${tenant} ${item.type}`;
        pooled.add(where);
        lent.add(`${where}|allocated`, allocated ?? 0);
        lent.add(`${where}|shared`, shared ?? 0);
        if ((free ?? 0) < 0) tell(where, `it lends ${-(free ?? 0)} licences more than it has`);
        if (licensed !== (free ?? 0) + (allocated ?? 0) + (shared ?? 0))
          tell(where, 'licensed is not what is free, allocated and shared');
      } else if (item.kind === 'meter') {
        const providerId = providerAbove(known, tenant);
        if (providerId === tenant) {
          if (Number(item.limit ?? 0) !== 0)
            tell(`${tenant} ${item.type}`, 'no partner looks after it, and it has a limit');
          return;
        }
        const where = `${providerId} ${item.type}`;
        const meter = { ...item, used: Number(item.used), limit: item.limit ?? null } as unknown as Meter;
        lent.add(`${where}|allocated`, -reserved(meter));
        lent.add(`${where}|shared`, -drawn(meter));
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
