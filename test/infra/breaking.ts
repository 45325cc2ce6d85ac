import type { Stored, Violation } from '../../infra/fsck/check.ts';

/** What stands in a table instead of one of its items. */
export type Change = (item: Stored) => Stored | readonly Stored[];
type Chosen = (item: Stored) => boolean;

/** Items of a kind, by what they say. */
export const of =
  (kind: string, more: Stored = {}): Chosen =>
  (item) =>
    item.kind === kind && Object.entries(more).every(([name, value]) => item[name] === value);

/** The same of one tenant. */
export const ofTenant =
  (kind: string, tenant: string, more: Stored = {}): Chosen =>
  (item) =>
    String(item.PK).includes(tenant) && of(kind, more)(item);

export function firstOf(items: readonly Stored[], chosen: Chosen): Stored {
  const found = items.find(chosen);
  if (!found) throw new Error('Nothing of the kind is in the table');
  return found;
}

export const edit =
  (one: Stored, more: Stored): Change =>
  (item) =>
    item === one ? { ...item, ...more } : item;

export const without =
  (one: Stored): Change =>
  (item) =>
    item === one ? [] : item;

export const changed = (items: readonly Stored[], change: Change): Stored[] =>
  items.flatMap((item) => change(item) as Stored[]);

/** Violations as lines: which invariant, where, and what. */
export const linesOf = (found: readonly Violation[]): string[] =>
  found.map(({ invariant, where, what }) => `${invariant}: ${where}: ${what}`);
