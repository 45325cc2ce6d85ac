import type { Built, Bundles } from './bundles.ts';
import { type Measured, ratiosOf, rotate, run, type Spread, spreadOf } from './measure.ts';
import type { Staged } from './stage.ts';

export interface Cold {
  readonly name: string;
  readonly bytes: number;
  readonly atStart: number;
  /** ÷ the bare handler in the same round. */
  readonly loadCpu: Spread;
  readonly firstCpu: Spread;
  readonly load: Spread;
  readonly first: Spread;
}

/** Fresh processes, one of each kind per round, in another order each time. */
export async function measureCold(
  built: Bundles,
  stage: Staged,
  rounds: number,
): Promise<{ bare: { loadCpuMs: Spread; firstCpuMs: Spread }; kinds: Cold[] }> {
  const kinds = [built.bare, ...built.apis, built.documented];
  const results = new Map<Built, Measured[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of rotate(kinds, round * 5)) {
      results.get(kind)?.push(await run(kind.file, stage.events[kind.name] ?? stage.events.credits ?? {}));
    }
  }
  const values = (kind: Built, what: keyof Measured) => (results.get(kind) ?? []).map((one) => one[what]);
  const ratios = (kind: Built, what: keyof Measured) =>
    ratiosOf(values(kind, what), values(built.bare, what));
  return {
    bare: {
      loadCpuMs: spreadOf(values(built.bare, 'loadCpuMs')),
      firstCpuMs: spreadOf(values(built.bare, 'firstCpuMs')),
    },
    kinds: kinds.slice(1).map((kind) => ({
      ...{ name: kind.name, bytes: kind.bytes, atStart: kind.atStart },
      loadCpu: ratios(kind, 'loadCpuMs'),
      firstCpu: ratios(kind, 'firstCpuMs'),
      load: ratios(kind, 'loadMs'),
      first: ratios(kind, 'firstMs'),
    })),
  };
}
