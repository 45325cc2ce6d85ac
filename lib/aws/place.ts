import { forestKey, nodeKey } from '../kit/keys.ts';
import { overlayOf, placed } from '../kit/move.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { toNode } from './auth.ts';
import { getAll } from './db.ts';
import { asItself } from './tenant-session.ts';

type Stored = Readonly<Record<string, unknown>>;

/** True where a stored path may wait for a move to reach it: of what stands below another customer. */
export const mayWait = ({ path }: Pick<Node, 'path'>): boolean => path.length > 3;

/** What holds for the tree that a node stands in, read consistently. */
export async function treeOf(node: Node): Promise<Stored | undefined> {
  const [tree] = await asItself(() => getAll([forestKey(providerOf(node))], true));
  return tree;
}

/** The profiles between the provider and a node, where it really stands; no read for what stands right below the provider. */
export async function lineOver(node: Node, tree: Stored | undefined): Promise<Stored[]> {
  const above = placed(node.path, overlayOf(tree)).slice(2, -1);
  const found = above.length === 0 ? [] : await asItself(() => getAll(above.map(nodeKey), true));
  return found.filter((item) => item !== undefined);
}

/** A stored profile as a node where it really stands; a second read only where its path may wait for a move. */
export async function standing(item: Stored | undefined): Promise<Node | undefined> {
  const node = toNode(item);
  if (!node || !mayWait(node)) return node;
  return { ...node, path: placed(node.path, overlayOf(await treeOf(node))) };
}
