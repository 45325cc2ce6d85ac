/** An entry as a seal holds it, and which seal that is. */
export interface Sealed {
  readonly hash: string;
  readonly seal: string;
}

/**
 * What was done to an entry since it was sealed, by its hash as it is found; undefined: nothing. `other` is the entry that
 * stands there instead, where that is known.
 */
export function changeOf(
  { hash, seal }: Sealed,
  found: string | undefined,
  other?: string,
): string | undefined {
  if (found === hash) return undefined;
  if (found === undefined) return `it was deleted: it stands in ${seal}`;
  return `it was overwritten${other ? ` with ${other}` : ''}: it is not what ${seal} holds`;
}
