import { treeEntry } from './keys.ts';
import { type Move, placed } from './move.ts';

/** A part of the tree index that a page is read from; positions are places as they really are. */
export interface Stretch {
  readonly prefix: string;
  /** The same place as it really is. */
  readonly real: string;
}

const placeOf = (path: readonly string[]): string => treeEntry(path[1] ?? '', path).S1;

/**
 * Where the subtree of `path` is stored while a subtree moves: what has not followed yet first, so that what follows
 * between two reads is seen in the second.
 */
export function stretchesOf(path: readonly string[], move: Move | undefined): Stretch[] {
  const here = placeOf(path);
  if (!move) return [{ prefix: here, real: here }];
  const at = path.indexOf(move.id);
  const left = placeOf([...move.from, ...(at >= 0 ? path.slice(at) : [move.id])]);
  const arrived = placeOf(at >= 0 ? path : [...move.to, move.id]);
  const concerned = at >= 0 || path.every((id, index) => move.to[index] === id);
  return [...(concerned ? [{ prefix: left, real: arrived }] : []), { prefix: here, real: here }];
}

/** The first stored place of a stretch after a real one; undefined when the stretch lies before it. */
export function startAfter({ prefix, real }: Stretch, after: string | undefined): string | undefined {
  if (after === undefined || after < real) return prefix;
  return after.startsWith(real) ? `${prefix}${after.slice(real.length)} ` : undefined;
}

/** The real place of what is stored. */
export function realPlace(path: readonly string[], move: Move | undefined): string {
  return placeOf(placed(path, move));
}

/** What one stretch gave: its items, and how far it was read (null: to its end). */
export interface Read<T> {
  readonly items: readonly { readonly place: string; readonly item: T }[];
  readonly upTo: string | null;
}

/** One page of several stretches in real order: no further than the shortest was read, nothing twice. */
export function merge<T>(reads: readonly Read<T>[], limit: number): { items: T[]; next: string | null } {
  const ends = reads.flatMap(({ upTo }) => upTo ?? []).toSorted();
  const end = ends[0];
  const found = new Map<string, T>();
  for (const { items } of reads) for (const { place, item } of items) found.set(place, item);
  const places = [...found.keys()].filter((one) => end === undefined || one <= end).toSorted();
  const taken = places.slice(0, limit);
  const items = taken.map((one) => found.get(one) as T);
  return { items, next: places.length > limit ? (taken.at(-1) ?? null) : (end ?? null) };
}
