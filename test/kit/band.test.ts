import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bands, type Direction, evaluate, type Threshold } from '../../lib/kit/band.ts';
import { fallingMargin, percentOf } from '../../lib/kit/percent.ts';

const at = (moment: number) => new Date(Date.UTC(2026, 0, 1) + moment * 1000).toISOString();
const threshold = (level: number, margin: number, direction: Direction): Threshold => ({
  id: `at-${level}`,
  at: level,
  rearm: direction === 'rising' ? level - margin : level + margin,
});

/** By the words of the semantics, apart from the product: a set of those that have fired, and when. */
class Reference {
  readonly fired = new Map<string, string>();
  hear(direction: Direction, thresholds: readonly Threshold[], value: number, now: string) {
    for (const id of this.fired.keys()) if (!thresholds.some((one) => one.id === id)) this.fired.delete(id);
    const told: string[] = [];
    const back: string[] = [];
    for (const { id, at: level, rearm } of thresholds) {
      const beyond = direction === 'rising' ? !(value < level) : !(value >= level);
      const recovered = direction === 'rising' ? !(value > rearm) : !(value < rearm);
      if (this.fired.has(id)) {
        if (recovered && this.fired.delete(id)) back.push(id);
      } else if (beyond) {
        this.fired.set(id, now);
        told.push(id);
      }
    }
    return { told, back };
  }
}

describe.each(['rising', 'falling'] as const)('a %s meter', (direction) => {
  const levels = [20, 50, 80];
  const moment = fc.record({
    value: fc.integer({ min: 0, max: 100 }),
    without: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(...levels)),
    margin: fc.oneof({ weight: 5, arbitrary: fc.constant(5) }, fc.integer({ min: 1, max: 9 })),
  });

  it('tells and takes back exactly what a reference does, thresholds that come and go included (A-1, A-3)', () => {
    let again = 0;
    fc.assert(
      fc.property(fc.array(moment, { minLength: 5, maxLength: 40, size: 'max' }), (history) => {
        const reference = new Reference();
        let bands: Bands = {};
        const ever = new Set<string>();
        for (const [place, { value, without, margin }] of history.entries()) {
          const thresholds = levels
            .filter((level) => level !== without)
            .map((level) => threshold(level, margin, direction));
          const told = reference.hear(direction, thresholds, value, at(place));
          const found = evaluate(direction, { thresholds, bands, value }, at(place));
          expect(found.fired.map(({ id }) => id)).toEqual(told.told);
          expect(found.recovered.map(({ id }) => id)).toEqual(told.back);
          bands = found.bands;
          expect(bands).toEqual(
            Object.fromEntries(thresholds.map(({ id }) => [id, reference.fired.get(id) ?? null])),
          );
          for (const id of told.told) if (ever.has(id)) again++;
          for (const id of told.told) ever.add(id);
          // Looking again says nothing, and forgets nothing.
          const same = evaluate(direction, { thresholds, bands, value }, at(place + 1));
          expect(same).toEqual({ bands, fired: [], recovered: [] });
        }
      }),
    );
    expect(again).toBeGreaterThan(50);
  });
});

describe('a threshold', () => {
  const crossed = (direction: Direction, value: number, bands: Bands = {}) => {
    const thresholds = [{ id: 'x', at: 80, rearm: direction === 'rising' ? 75 : 85 }];
    const { fired, recovered } = evaluate(direction, { thresholds, bands, value }, at(0));
    return `${fired.length ? 'fired' : ''}${recovered.length ? 'back' : ''}`;
  };
  it('fires at its level where use rises, below it where a balance falls, and is back at its re-arm level', () => {
    const since = { x: at(-9) };
    expect([79, 80, 81].map((value) => crossed('rising', value))).toEqual(['', 'fired', 'fired']);
    expect([76, 75, 74].map((value) => crossed('rising', value, since))).toEqual(['', 'back', 'back']);
    expect([81, 80, 79].map((value) => crossed('falling', value))).toEqual(['', '', 'fired']);
    expect([84, 85, 86].map((value) => crossed('falling', value, since))).toEqual(['', 'back', 'back']);
  });
});

describe('percentages', () => {
  it('never show a level before it is reached, to two decimals', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 1_000_000 }), (used, limit) => {
        const shown = Math.round(percentOf(used, limit) * 100);
        expect(BigInt(shown) * BigInt(limit) <= BigInt(used) * 10_000n).toBe(true);
        expect(BigInt(shown + 1) * BigInt(limit) > BigInt(used) * 10_000n).toBe(true);
      }),
    );
    expect([percentOf(7, 0), percentOf(799, 1000), percentOf(1, 3), percentOf(4, 5)]).toEqual([
      0, 79.9, 33.33, 80,
    ]);
  });
  it('put the re-arm level of a falling meter at least one above', () => {
    const margins = [
      fallingMargin(null, 5),
      fallingMargin(10, 5),
      fallingMargin(100, 5),
      fallingMargin(101, 5),
      fallingMargin(40, 50),
    ];
    expect(margins).toEqual([1, 1, 5, 6, 20]);
  });
});
