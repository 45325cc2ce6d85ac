import type { Anchor } from '../../lib/audit/lines.ts';
import type { Check } from './check.ts';

interface Held {
  readonly seq: number;
  readonly hash: string;
  readonly day: string;
}

/** What anchors hold of the chains is there as they hold it: a chain that is gone, or was cut, is known by them alone. */
export const anchored =
  (anchors: readonly Anchor[]): Check =>
  (_known, tell) => {
    const held = new Map<string, Map<number, Held>>();
    for (const { rootId, day, from, seals } of anchors) {
      const own = held.get(rootId) ?? new Map<number, Held>();
      held.set(rootId, own);
      for (const [index, hash] of seals.entries()) own.set(from + index, { seq: from + index, hash, day });
    }
    const there = new Set<string>();
    return {
      see: ({ kind, rootId, seq, hash }) => {
        if (kind !== 'seal') return;
        there.add(String(rootId));
        const own = held.get(String(rootId));
        const one = own?.get(Number(seq));
        if (!own || !one) return;
        own.delete(one.seq);
        if (one.hash !== hash)
          tell(`${rootId} seal ${seq}`, `it was made anew: the anchor of ${one.day} holds another`);
      },
      end: () => {
        for (const [rootId, own] of held) {
          const missing = [...own.values()].sort((a, b) => a.seq - b.seq);
          const last = missing.at(-1);
          if (last && !there.has(rootId))
            tell(
              rootId,
              `none of its seals is there: the anchor of ${last.day} holds them up to ${last.seq}`,
            );
          else
            for (const [first, end] of runsOf(missing))
              tell(
                `${rootId} seal ${first.seq}`,
                first === end
                  ? `it is missing: the anchor of ${first.day} holds it`
                  : `it and all up to ${end.seq} are missing: the anchor of ${end.day} holds them`,
              );
        }
      },
    };
  };

/** Numbers that follow each other: the first and the last of each run. */
function runsOf(missing: readonly Held[]): [Held, Held][] {
  const runs: [Held, Held][] = [];
  for (const one of missing) {
    const run = runs.at(-1);
    if (run && one.seq === run[1].seq + 1) run[1] = one;
    else runs.push([one, one]);
  }
  return runs;
}
