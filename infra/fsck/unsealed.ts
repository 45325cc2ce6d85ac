import { youngMs } from '../../lib/audit/verify.ts';
import { idTime } from '../../lib/kit/id.ts';
import { type Check, covered, placeOf, type Stored, type Tell, tenantOf } from './check.ts';

const skewMs = 60_000;
const isOld = (id: string) => idTime(id) < Date.now() - youngMs * 4;
const rootOf = (item: Stored) => (item.G1 === undefined ? tenantOf(item) : tenantOf({ PK: item.G1 }));

/**
 * Entries that no seal holds, older than sealing takes: of a node's those behind the first that was sealed, of all those
 * from after the first seal that there is. A root that has such entries and no seal at all is named by itself.
 */
export const unsealed: Check = (_known, tell) => {
  const names = covered();
  const first = new Map<string, string>();
  const roots = newestByRoot();
  let begunAt = Number.POSITIVE_INFINITY;
  const name = (item: Stored) => `${tenantOf(item)} ${String(item.id)}`;
  const seal = ({ rootId, at }: Stored) => {
    roots.sealed(String(rootId));
    begunAt = Math.min(begunAt, Date.parse(String(at)) || begunAt);
  };
  const part = (item: Stored) => {
    for (const [id] of item.rows as [string, string][]) {
      names.have(`${tenantOf(item)} ${id}`);
      const known = first.get(tenantOf(item));
      if (known === undefined || id < known) first.set(tenantOf(item), id);
    }
  };
  return {
    see: (item) => {
      if (item.kind === 'seal') seal(item);
      if (item.kind === 'sealPart') part(item);
      if (item.kind !== 'audit' || !isOld(String(item.id))) return;
      names.need(name(item));
      roots.wrote(rootOf(item), String(item.id));
    },
    end: () => roots.tellBare(begunAt + skewMs, tell),
    again: () => {
      if (names.isWhole()) return undefined;
      return {
        see: (item) => {
          const id = String(item.id);
          if (item.kind !== 'audit' || !isOld(id) || !names.isSuspect(name(item))) return;
          if (roots.isBare(rootOf(item))) return;
          // Before a record was sealed for the first time, there were no seals.
          const sealing = idTime(id) > begunAt + skewMs || id >= (first.get(tenantOf(item)) ?? '~');
          if (sealing) tell(placeOf(item), 'it was added, or never reached the seals: no seal holds it');
        },
      };
    },
  };
};

/** The newest entry of each root, and which roots have seals. */
function newestByRoot() {
  const newest = new Map<string, string>();
  const sealed = new Set<string>();
  return {
    sealed: (rootId: string) => void sealed.add(rootId),
    wrote: (rootId: string, id: string) => {
      if (id > (newest.get(rootId) ?? '')) newest.set(rootId, id);
    },
    isBare: (rootId: string) => !sealed.has(rootId),
    tellBare: (begunAt: number, tell: Tell) => {
      for (const [rootId, id] of newest)
        if (!sealed.has(rootId) && idTime(id) > begunAt)
          tell(rootId, 'none of its seals is there, though what is done is sealed within minutes');
    },
  };
}
