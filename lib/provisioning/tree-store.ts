import { get, getAll, page } from '../aws/db.ts';
import { directoryObjectKey, forestKey, nodeKey, partition } from '../kit/keys.ts';
import { overlayOf, placed } from '../kit/move.ts';
import { stretchesOf } from '../kit/subtree.ts';
import type { Desired } from './desired.ts';
import { containerId } from './rules.ts';
import { beliefsOf, eachBelief, laneOf } from './store.ts';
import { toParent } from './wish.ts';

/** Where a customer stands now, and whether a node above it keeps its accounts from logging on. */
export interface Place {
  readonly path: readonly string[];
  readonly blocked: boolean;
}

interface Container {
  readonly suspended?: unknown;
  readonly gone?: unknown;
}

/** `known`: the path that is expected; a second round trip only where that is not it. Undefined for a customer that is gone. */
export async function placeOf(customerId: string, known: readonly string[]): Promise<Place | undefined> {
  const containers = (path: readonly string[]) =>
    path.slice(1, -1).map((id) => directoryObjectKey(id, containerId));
  const [node, tree, ...expected] = await getAll(
    [nodeKey(customerId), forestKey(known[1] ?? ''), ...containers(known)],
    true,
  );
  if (!node) return undefined;
  const path = placed(String(node.path).split('/'), overlayOf(tree));
  const above = path.join() === known.join() ? expected : await getAll(containers(path), true);
  const disabled = (tree?.disabled ?? []) as readonly string[];
  const held = (one: Container | undefined) => one?.suspended === true && one.gone !== true;
  return { path, blocked: path.slice(1, -1).some((id) => disabled.includes(id)) || above.some(held) };
}

/** The nodes of a path above its last, as the engine names them. */
export async function parentsAt(path: readonly string[]): Promise<Desired['parents']> {
  const found = await getAll(
    path.slice(1, -1).map((id) => nodeKey(id)),
    true,
  );
  return found.flatMap((item) => (item ? [toParent(item)] : []));
}

/** Places of the tree index that together hold everything below a node, whatever is on its way. */
export async function placesBelow(path: readonly string[]): Promise<string[]> {
  const tree = await get(forestKey(path[1] ?? ''), true);
  return stretchesOf(path, overlayOf(tree)).map(({ prefix }) => prefix);
}

/** A page of the nodes at and below a place of the tree index. */
export function nodesBelow(providerId: string, prefix: string, after: string | null) {
  return page({
    index: 'tree',
    partition: partition(providerId),
    prefix,
    limit: 25,
    after: after ?? undefined,
  });
}

/** True where every account of a customer can log on, or not, as it should; false as well while a request is under way. */
export async function isAligned(customerId: string, { blocked }: Place, now: number): Promise<boolean> {
  const lane = await laneOf(customerId);
  if (lane && lane.until > now) return false;
  const [container] = await beliefsOf(customerId, [containerId]);
  if (!container || container.gone) return true;
  for await (const { gone, object, active } of eachBelief(customerId, 'U#')) {
    const should = object.type === 'USER' && object.enabled && !container.suspended && !blocked;
    if (!gone && active !== should) return false;
  }
  return true;
}
