import fc from 'fast-check';

/** One state of a meter's history; thresholds in percent. */
export interface Moment {
  readonly used: number;
  readonly limit: number | null;
  readonly thresholds: readonly number[];
}

/** What band semantics promise for a history, worked out apart from the product: exact fractions, plain flags. */
export function replay(history: readonly Moment[], rearmPoints: number): string[] {
  const out: string[] = [];
  let armed = new Map<number, boolean>();
  for (const { used, limit, thresholds } of history) {
    const levels = limit ? [...thresholds].sort((a, b) => a - b) : [];
    const before = armed;
    armed = new Map(levels.map((level) => [level, before.get(level) ?? true]));
    const share = BigInt(used) * 100n;
    const of = (percent: number) => BigInt(Math.max(0, percent)) * BigInt(limit ?? 0);
    const fired = levels.filter((level) => armed.get(level) && share >= of(level));
    const recovered = levels.filter((level) => !armed.get(level) && share <= of(level - rearmPoints));
    for (const level of fired) armed.set(level, false);
    for (const level of recovered) armed.set(level, true);
    if (fired.length > 0) out.push(`fired ${fired.join(' ')}`);
    if (recovered.length > 0) out.push(`recovered ${recovered.join(' ')}`);
  }
  return out;
}

// Mostly the same thresholds of the same limit: only then is one crossed, crossed back and crossed again.
export const usual = <T>(most: T, any: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(most) }, any);
export const percents = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 });
