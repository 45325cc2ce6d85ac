/**
 * A subtree on its way to another parent. It has moved for every reader at once; the stored paths below its root
 * follow in the background, and are read as if they had.
 */
export interface Move {
  /** The root of the subtree. */
  readonly id: string;
  readonly operationId: string;
  /** Path of the parent that it comes from. */
  readonly from: readonly string[];
  /** Path of the parent that it stands below now. */
  readonly to: readonly string[];
}

/** Where a stored path really is while a subtree is on its way. */
export function placed(path: readonly string[], move: Move | undefined): readonly string[] {
  // What stands right below the platform is in no provider's tree, whatever moved there before.
  const at = move && path.length > 2 ? path.indexOf(move.id) : -1;
  return move && at >= 0 ? [...move.to, ...path.slice(at)] : path;
}

/** What is to be read over stored paths: the move under way, else the last one, for a path that was read just before it followed. */
export function overlayOf(
  tree: { readonly move?: unknown; readonly arrived?: unknown } | undefined,
): Move | undefined {
  return (tree?.move ?? tree?.arrived) as Move | undefined;
}
