import { settingsKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';

/**
 * How many requests of a customer are open: neither completed nor ended. Whoever deletes a customer is bound to its
 * version, or to its absence; every request moves it.
 */
export const openRequestsKey = (customerId: string) => settingsKey(customerId, 'REQUESTS');

/** Counts a new request; `exists`: there is a count already. */
export function countOpened(customerId: string, exists: boolean): Write {
  const key = openRequestsKey(customerId);
  return exists
    ? { do: 'adjust', key, add: { open: 1, version: 1 } }
    : { do: 'create', item: { ...key, kind: 'requestCount', open: 1, version: 1 } };
}

export const countEnded = (customerId: string): Write => ({
  do: 'adjust',
  key: openRequestsKey(customerId),
  add: { open: -1, version: 1 },
});
