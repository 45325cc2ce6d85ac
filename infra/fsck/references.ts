import { type Check, covered, placeOf, type Stored, type Watch } from './check.ts';
import type { Skeleton } from './skeleton.ts';

/** What must stand somewhere else, and what an item stands for itself: each name says what, of whom, and which. */
export interface Names {
  readonly needs: readonly string[];
  readonly has: readonly string[];
}

export interface References {
  readonly names: (item: Stored, now: string) => Names;
  /** Which items are looked at; all where absent. */
  readonly counts?: (item: Stored, known: Skeleton) => boolean;
  /** What is wrong where a name is needed and nothing has it. */
  readonly lacks: (name: string) => string;
}

const nothing: Names = { needs: [], has: [] };

/** What is needed is there: told by sums first, and by name in a second look where they do not agree. */
export const references =
  ({ names, counts = () => true, lacks }: References): Check =>
  (known, tell) => {
    const now = new Date().toISOString();
    const said = (item: Stored) => (counts(item, known) ? names(item, now) : nothing);
    const sums = covered();
    return {
      see: (item) => {
        const { needs, has } = said(item);
        for (const name of needs) sums.need(name);
        for (const name of has) sums.have(name);
      },
      again: () =>
        sums.isWhole() ? undefined : closer(said, sums.isSuspect, (where, name) => tell(where, lacks(name))),
    };
  };

function closer(
  said: (item: Stored) => Names,
  isSuspect: (name: string) => boolean,
  miss: (where: string, name: string) => void,
): Watch {
  const needed = new Map<string, string>();
  const had = new Set<string>();
  return {
    see: (item) => {
      const { needs, has } = said(item);
      for (const name of needs.filter(isSuspect)) needed.set(name, placeOf(item));
      for (const name of has.filter(isSuspect)) had.add(name);
    },
    end: () => {
      for (const [name, where] of needed) if (!had.has(name)) miss(where, name);
    },
  };
}

/** A sentence by the first word of the name. */
export const byWord =
  (sentences: Readonly<Record<string, string>>) =>
  (name: string): string =>
    sentences[name.split(' ')[0] ?? ''] ?? name;
