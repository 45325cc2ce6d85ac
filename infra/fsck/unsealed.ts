import { youngMs } from '../../lib/audit/verify.ts';
import { idTime } from '../../lib/kit/id.ts';
import { type Check, covered, placeOf, type Stored, tenantOf } from './check.ts';

/** Entries that no seal holds: of a node's, those behind the first that was sealed and older than sealing takes. */
export const unsealed: Check = (_known, tell) => {
  const names = covered();
  const first = new Map<string, string>();
  const isOld = (id: string) => idTime(id) < Date.now() - youngMs * 4;
  const name = (item: Stored) => `${tenantOf(item)} ${String(item.id)}`;
  return {
    see: (item) => {
      if (item.kind === 'audit' && isOld(String(item.id))) names.need(name(item));
      if (item.kind !== 'sealPart') return;
      for (const [id] of item.rows as [string, string][]) {
        names.have(`${tenantOf(item)} ${id}`);
        const known = first.get(tenantOf(item));
        if (known === undefined || id < known) first.set(tenantOf(item), id);
      }
    },
    again: () => {
      if (names.isWhole()) return undefined;
      return {
        see: (item) => {
          if (item.kind !== 'audit' || !isOld(String(item.id)) || !names.isSuspect(name(item))) return;
          // Before a record was sealed for the first time, there were no seals.
          if (String(item.id) < (first.get(tenantOf(item)) ?? '~')) return;
          tell(placeOf(item), 'it was added, or never reached the seals: no seal holds it');
        },
      };
    },
  };
};
