import { type Move, placed } from '../kit/move.ts';
import type { Selling } from './reseller.ts';

type Stored = Readonly<Record<string, unknown>>;

/** One node that an index led to: its profile and what it counts of its children, both as they are stored now. */
export interface Found {
  readonly node: Stored;
  readonly selling: Selling | undefined;
}

/** What was found of a moved subtree: by reseller, what it counts and how many of these children were seen. */
export interface Census {
  readonly strayed: number;
  readonly nodes: ReadonlySet<string>;
  readonly resellers: ReadonlyMap<string, Selling>;
  readonly seen: ReadonlyMap<string, number>;
}

/** Counts nodes, each once. */
export async function take(found: AsyncIterable<Found>, move?: Move): Promise<Census> {
  const nodes = new Set<string>();
  const resellers = new Map<string, Selling>();
  const seen = new Map<string, number>();
  let strayed = 0;
  for await (const { node, selling } of found) {
    const [id, parentId, path] = [String(node.id), String(node.parentId), String(node.path)];
    if (nodes.has(id)) continue;
    nodes.add(id);
    if (placed(path.split('/'), move).join('/') !== path) strayed++;
    seen.set(parentId, (seen.get(parentId) ?? 0) + 1);
    if (selling) resellers.set(id, selling);
  }
  return { strayed, nodes, resellers, seen };
}

/**
 * True when nothing of the subtree can be anywhere else: its root was found, each reseller found has as many children
 * found as it counts, and no child was added or removed meanwhile. An index may be late; the counts never are.
 */
export function isWhole(census: Census, root: Pick<Move, 'id'>, now: ReadonlyMap<string, Selling>): boolean {
  const { strayed, nodes, resellers, seen } = census;
  if (strayed > 0 || !nodes.has(root.id)) return false;
  return [...resellers].every(
    ([id, { children, version }]) => (seen.get(id) ?? 0) === children && now.get(id)?.version === version,
  );
}
