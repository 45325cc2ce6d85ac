import { partition, pathAt, type TreeEntry } from '../kit/keys.ts';
import { type Move, placed } from '../kit/move.ts';
import { merge, type Read, realPlace, type Stretch, startAfter, stretchesOf } from '../kit/subtree.ts';
import { page } from './db.ts';

/** What the index knows of a node, and where it really stands. */
export type Placed = Readonly<Record<string, unknown>> & { readonly path: readonly string[] };

/**
 * A page of what stands at `path` and below it, in path order, after a place of the page before; a node on its way is
 * seen once, where it really is. Pages hold within one epoch of the tree: with the next move they begin anew.
 */
export async function subtreePage(
  path: readonly string[],
  query: { limit: number; after: string | undefined; move: Move | undefined },
): Promise<{ items: Placed[]; next: string | null }> {
  const { limit, after, move } = query;
  const reads: Read<Placed>[] = [];
  for (const stretch of stretchesOf(path, move)) {
    const from = startAfter(stretch, after);
    if (from === undefined) continue;
    reads.push(await readStretch({ G1: partition(path[1] ?? ''), from, limit, move }, stretch));
  }
  return merge(reads, limit);
}

async function readStretch(
  range: { G1: string; from: string; limit: number; move: Move | undefined },
  { prefix, real }: Stretch,
): Promise<Read<Placed>> {
  const { G1, from, limit, move } = range;
  // A whole tree begins before its first place: a key is never empty.
  const read = await page({ index: 'tree', partition: G1, from: from || ' ', to: `${prefix}~`, limit });
  const behind = prefix !== real;
  const seen = read.items.map((item) => {
    const stored = pathAt(item as unknown as TreeEntry);
    const path = placed(stored, move);
    return {
      place: realPlace(path, undefined),
      moved: path !== stored && String(path) !== String(stored),
      path,
      item,
    };
  });
  const last = seen.at(-1);
  return {
    // What has not followed yet is read where it was left, not here.
    items: seen
      .filter(({ moved }) => moved === behind)
      .map(({ place, path, item }) => ({ place, item: { ...item, path } as Placed })),
    upTo: read.next === null || !last ? null : behind ? last.place : String(last.item.S1),
  };
}
