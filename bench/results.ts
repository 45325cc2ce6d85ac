import type { Cold } from './cold.ts';
import type { Spread } from './measure.ts';
import type { Mixed } from './mixed.ts';
import type { Missing, Warm } from './warm.ts';

/** What `npm run bench` writes into bench/results.json; docs/performance.md and its chart are made of nothing else. */
export interface Results {
  readonly date: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly system: string;
    readonly load: number;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: { readonly cold: number; readonly warm: number };
  readonly bare: { readonly bytes: number; readonly loadCpuMs: Spread; readonly firstCpuMs: Spread };
  readonly cold: readonly Cold[];
  readonly warm: readonly Warm[];
  readonly missing: readonly Missing[];
  /** A debit's processor time ÷ the documented stack's on the embedded engine. */
  readonly embedded: Spread;
  readonly mixed: Mixed;
  readonly growth: readonly Growth[];
}

/** What one call takes at two sizes of what stands around it. */
export interface Growth {
  readonly call: string;
  readonly of: string;
  readonly small: Taken;
  readonly large: Taken;
}

export interface Taken {
  readonly size: number;
  readonly read: number;
  readonly write: number;
  readonly trips: number;
}

export interface Aim {
  readonly id: string;
  readonly what: string;
  readonly atMost: number;
  readonly measured: number;
  readonly met: boolean;
  /** Of what it is the figure, where there are several. */
  readonly at?: string;
}

/** The bounds: they stand here alone, and a test holds them. */
export const bounds = { warm: 0.5, mixed: 0.4, cold: 1.3, first: 1.3, growth: 1, depth: 1 } as const;

/** Each aim with its figure; met is what the figures say. */
export function aimsOf(results: Results): Aim[] {
  const apis = results.cold.filter(({ name }) => name !== 'documented');
  const worst = (what: 'loadCpu' | 'firstCpu') =>
    [...apis].sort((a, b) => b[what].median - a[what].median)[0] ?? apis[0];
  const stack = results.warm.find(({ name }) => name === 'documented stack');
  const grown = (deep: boolean) =>
    results.growth
      .filter(({ of }) => of.startsWith('levels') === deep)
      .map(({ small, large }) =>
        Math.max(large.read / small.read || 1, large.write / small.write || 1, large.trips / small.trips),
      )
      .reduce(
        (most, ratio) => Math.max(most, ratio),
        results.growth.length > 0 ? 1 : Number.POSITIVE_INFINITY,
      );
  const aim = (
    id: string,
    what: string,
    figures: { atMost: number; measured: number; at?: string | undefined },
  ): Aim => {
    const { atMost, measured, at } = figures;
    return { id, what, atMost, measured, met: measured <= atMost, ...(at ? { at } : {}) };
  };
  return [
    aim('warm', 'Processor time of a debit ÷ the documented stack', {
      atMost: bounds.warm,
      measured: stack?.ourCpu.median ?? Number.POSITIVE_INFINITY,
    }),
    aim('mixed', 'DynamoDB dollars of the mixed load ÷ the documented stack', {
      atMost: bounds.mixed,
      measured: results.mixed.ratio,
    }),
    aim('cold', 'Loading an API function ÷ a bare SDK handler, the slowest context', {
      atMost: bounds.cold,
      measured: worst('loadCpu')?.loadCpu.median ?? Number.POSITIVE_INFINITY,
      at: worst('loadCpu')?.name,
    }),
    aim('first', 'Loading and the first request ÷ a bare SDK handler, the slowest context', {
      atMost: bounds.first,
      measured: worst('firstCpu')?.firstCpu.median ?? Number.POSITIVE_INFINITY,
      at: worst('firstCpu')?.name,
    }),
    aim('growth', 'Request units and round trips, large ÷ small: customers and ledger, the worst call', {
      atMost: bounds.growth,
      measured: grown(false),
    }),
    aim('depth', 'The same, depth: right below the provider ÷ as deep as there are any, the worst call', {
      atMost: bounds.depth,
      measured: grown(true),
    }),
  ];
}
