import { platformId } from '../../lib/kit/id.ts';
import { nameEntry, treeEntry } from '../../lib/kit/keys.ts';
import { maxDepth } from '../../lib/kit/scope.ts';
import { foldName } from '../../lib/kit/text.ts';
import type { Check } from './check.ts';
import { lineOf, type Place } from './skeleton.ts';

/** Every node reaches the root without a cycle, its path is its parent’s and itself, and it is listed where it stands. */
export const tree: Check = (known, tell) => ({
  see: (item) => {
    if (item.kind !== 'node') return;
    const node = item as unknown as Place;
    const stored = String(node.path).split('/');
    const root = node.id.startsWith('cus_') ? (stored[1] ?? '') : platformId;
    const place = root === node.id ? { G1: undefined, S1: undefined } : treeEntry(root, stored);
    if (node.id !== platformId && (item.G1 !== place.G1 || item.S1 !== place.S1))
      tell(node.id, 'it stands elsewhere in the tree index');
    if (!node.id.startsWith('cus_')) return;
    const named = nameEntry(String(node.parentId), 'CUSTOMER', foldName(String(item.name)), node.id);
    if (item.G2 !== named.G2 || item.S2 !== named.S2)
      tell(node.id, 'it is listed by another name or below another parent');
  },
  end: () => {
    for (const [tenant, node] of known.nodes) {
      const path = lineOf(known, node);
      const parent = known.nodes.get(path.at(-2) ?? '');
      if (node.id !== tenant || path.at(-1) !== tenant || path[0] !== platformId)
        tell(tenant, 'its path does not lead from the platform to it');
      if (new Set(path).size !== path.length) tell(tenant, 'it stands below itself');
      if (path.length - 1 > maxDepth) tell(tenant, `it stands ${path.length - 1} levels deep`);
      if (tenant === platformId) continue;
      if (!parent) tell(tenant, 'its parent does not exist');
      else if ([...lineOf(known, parent), tenant].join('/') !== path.join('/'))
        tell(tenant, 'its path is not its parent’s path and itself');
      if (node.parentId !== undefined && node.parentId !== path.at(-2))
        tell(tenant, 'its parent and its path disagree');
      if (parent?.type === 'CUSTOMER') tell(tenant, 'its parent is no reseller');
    }
  },
});
