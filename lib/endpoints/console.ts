import { consoleKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What a customer's console holds: groups besides the default one, and policies. */
export interface Console {
  readonly customerId: string;
  readonly groups: number;
  readonly policies: number;
  /** 0: nothing was ever made there. */
  readonly version: number;
}

export const toConsole = (customerId: string, item: Stored | undefined): Console => ({
  customerId,
  groups: Number(item?.groups ?? 0),
  policies: Number(item?.policies ?? 0),
  version: Number(item?.version ?? 0),
});

/** Binds to the console as it was seen, and counts: of two who change the tree of groups at once, one decides again. */
export function turnConsole(
  { customerId, version, ...seen }: Console,
  by: { groups?: 1 | -1; policies?: 1 | -1 } = {},
): Write {
  const key = consoleKey(customerId);
  if (version > 0) return { do: 'adjust', key, add: { ...by, version: 1 }, version };
  const counted = { groups: seen.groups + (by.groups ?? 0), policies: seen.policies + (by.policies ?? 0) };
  return { do: 'create', item: { ...key, kind: 'console', ...counted, version: 1 } };
}
