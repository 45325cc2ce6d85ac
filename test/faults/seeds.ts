import kept from './seeds.json' with { type: 'json' };

/** Kinds of runs that keep the seeds they once failed with. */
export type SeedKind = keyof typeof kept;

/** Where a soak begins; every run of CI begins at the same place. */
const base = Number(process.env.SEED ?? 2026);

/** Seeds of a run: those that failed once first, then `usual` of them, in a soak `RUNS` twentieths of that. */
export function seedsFor(kind: SeedKind, usual: number): number[] {
  const runs = process.env.RUNS ? Math.ceil((usual * Number(process.env.RUNS)) / 20) : usual;
  return [...new Set([...kept[kind], ...Array.from({ length: runs }, (_, nth) => base * 1_000_003 + nth)])];
}

/** Says how to keep a seed that failed. */
export const keep = (kind: SeedKind, seed: number): string =>
  `seed ${seed} failed: add it to ${kind} in test/faults/seeds.json, and it is played first from then on`;
