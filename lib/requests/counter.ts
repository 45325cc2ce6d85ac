import { nodeKey, openRequestsKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';

/**
 * Counts a new request; `exists`: there is a count already. A count goes with its customer, so that nothing more is
 * counted there; the first one is bound to the customer itself.
 */
export function countOpened({ id, version }: Node, exists: boolean): Write[] {
  const key = openRequestsKey(id);
  if (exists) return [{ do: 'adjust', key, add: { open: 1, version: 1 } }];
  return [
    { do: 'create', item: { ...key, kind: 'requestCount', open: 1, version: 1 } },
    { do: 'check', key: nodeKey(id), version },
  ];
}

export const countEnded = (customerId: string): Write => ({
  do: 'adjust',
  key: openRequestsKey(customerId),
  add: { open: -1, version: 1 },
});
