import { holdingsKey } from './keys.ts';
import type { Write } from './plan.ts';

/**
 * Tells whoever binds to what a node holds (services it has or hands on) that this changes: a move counts holdings at
 * the new parent, so none may come or go unseen while it is decided. `known`: whether it was ever told before.
 */
export function changeHoldings(nodeId: string, known: boolean): Write {
  const key = holdingsKey(nodeId);
  return known
    ? { do: 'adjust', key, add: { version: 1 } }
    : { do: 'create', item: { ...key, kind: 'holdings', version: 1 } };
}

/** Binds to a node's holdings as they were when `version` was read (undefined: never told), before they were listed. */
export const sameHoldings = (nodeId: string, version: number | undefined): Write => ({
  do: 'check',
  key: holdingsKey(nodeId),
  version: version ?? null,
});
