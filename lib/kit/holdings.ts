import { holdingsKey } from './keys.ts';
import type { Write } from './plan.ts';

/** Counts the changes of what a node holds: services that it has or hands on, items of the catalogue. */
export interface Holdings {
  /** Undefined: never told. */
  readonly version: number | undefined;
  /** Moves (their operations) that brought customers right below, whose items are not counted here yet. */
  readonly arriving: readonly string[];
}

/** A node's holdings as stored; `undefined` where they were never told. */
export const toHoldings = (item: Readonly<Record<string, unknown>> | undefined): Holdings => ({
  version: item && Number(item.version),
  arriving: (item?.arriving ?? []) as readonly string[],
});

/**
 * Tells whoever binds to what a node holds (services it has or hands on, items of the catalogue) that this changes: a
 * move counts holdings at the new parent, so none may come or go unseen while it is decided. `known`: whether it was
 * ever told before. `seen`: only while they are as they were read.
 */
export function changeHoldings(nodeId: string, known: boolean, seen?: Holdings): Write {
  const key = holdingsKey(nodeId);
  if (!known) return { do: 'create', item: { ...key, kind: 'holdings', version: 1 } };
  const bound = seen?.version === undefined ? {} : { version: seen.version };
  return { do: 'adjust', key, add: { version: 1 }, ...bound };
}

/** Binds to a node's holdings as they were when `version` was read (undefined: never told), before they were listed. */
export const sameHoldings = (nodeId: string, version: number | undefined): Write => ({
  do: 'check',
  key: holdingsKey(nodeId),
  version: version ?? null,
});

/** Nothing is taken from the new parent of a moved customer until what that one has is counted there. */
export const awaitArrival = (nodeId: string, seen: Holdings, operationId: string): Write =>
  withArriving(nodeId, seen, [...seen.arriving, operationId]);

/** What a moved customer has is counted; nothing where that was said before. */
export function arrived(nodeId: string, seen: Holdings, operationId: string): Write[] {
  if (!seen.arriving.includes(operationId)) return [];
  return [
    withArriving(
      nodeId,
      seen,
      seen.arriving.filter((one) => one !== operationId),
    ),
  ];
}

function withArriving(nodeId: string, { version = 0 }: Holdings, arriving: readonly string[]): Write {
  const item = { ...holdingsKey(nodeId), kind: 'holdings', arriving, version: version + 1 };
  return version === 0 ? { do: 'create', item } : { do: 'replace', version, item };
}
