import { idTime } from '../../lib/kit/id.ts';
import { type Check, placeOf, tally, tenantOf } from './check.ts';

/**
 * Each change of a node’s profile stands in its record: creation, and as many entries about it as it has versions. The
 * moves of a provider may have stepped versions below them without an entry of their own, so they are allowed for.
 */
export const receipts: Check = (known, tell) => {
  const about = tally();
  const created = new Set<string>();
  return {
    see: (item) => {
      if (item.kind !== 'audit') return;
      const tenant = tenantOf(item);
      const id = String(item.id);
      if (item.SK !== id || Math.abs(idTime(id) - Date.parse(String(item.at))) > 60_000)
        tell(placeOf(item), 'its time and its place disagree');
      if (item.subject !== tenant) return;
      about.add(tenant, 1);
      if (item.action === 'customers.add' || item.action === 'providers.create') created.add(tenant);
    },
    end: () => {
      for (const { id, version, path } of known.nodes.values()) {
        if (!/^(cus|prv)_/.test(id)) continue;
        if (!created.has(id)) tell(id, 'no entry tells of its creation');
        const entries = about.of(id);
        const moves = known.moves.get(path.split('/')[1] ?? '') ?? 0;
        if (version > entries + moves)
          tell(id, `it is at version ${version}, and ${entries} entries tell of it`);
      }
    },
  };
};
