import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawn,
  levels,
  type Meter,
  type Rules,
  reserved,
  room,
  toMeter,
  turnMeter,
} from '../../lib/licensing/meter.ts';
import { window } from '../../lib/licensing/meter-write.ts';
import { percents, replay, usual } from './replay.ts';

const empty = toMeter(undefined, { customerId: 'cus_X', type: 'DEVICE' });
const now = '2026-01-01T00:00:00.000Z';

const moment = fc.record({
  used: fc.nat(300),
  limit: usual<number | null>(100, fc.option(fc.nat(250), { nil: null })),
  thresholds: usual([80, 100], percents),
});

describe('meters', () => {
  it('announce what an independent replay of their history says', () => {
    fc.assert(
      fc.property(
        fc.array(moment, { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        (history, rearmPoints) => {
          let meter: Meter = { ...empty, enforcement: 'SOFT' };
          const said: string[] = [];
          for (const { used, limit, thresholds } of history) {
            const rules: Rules = { thresholds, rearmPoints, graceDays: 14, effect: 'mark' };
            const { after, announcements } = turnMeter(meter, { used, limit }, { rules, now });
            meter = after;
            for (const { type, data } of announcements) {
              const { thresholds: crossed = [] } = data as { thresholds?: { id: string }[] };
              const word = type.includes('threshold') ? 'fired' : 'recovered';
              if (crossed.length > 0) said.push(`${word} ${crossed.map(({ id }) => id).join(' ')}`);
            }
            expect(after.overSince !== null).toBe(limit !== null && used > limit);
          }
          expect(said).toEqual(replay(history, rearmPoints));
        },
      ),
    );
  });

  it('never announce again what has not changed', () => {
    fc.assert(
      fc.property(moment, ({ used, limit, thresholds }) => {
        const rules: Rules = { thresholds, rearmPoints: 5, graceDays: 14, effect: 'mark' };
        const once = turnMeter({ ...empty, enforcement: 'SOFT' }, { used, limit }, { rules, now });
        const twice = turnMeter(once.after, {}, { rules, now });
        expect(twice).toEqual({ after: once.after, announcements: [] });
      }),
    );
  });

  it('take a step of use anywhere in its window as they took it where it was decided', () => {
    const steps = fc.record({
      history: fc.array(fc.nat(300), { maxLength: 6 }),
      limit: fc.option(fc.integer({ min: 1, max: 250 }), { nil: null }),
      thresholds: percents,
      step: fc.integer({ min: -60, max: 60 }),
      elsewhere: fc.nat(400),
    });
    fc.assert(
      fc.property(steps, ({ history, limit, thresholds, step, elsewhere }) => {
        const rules: Rules = { thresholds, rearmPoints: 5, graceDays: 14, effect: 'mark' };
        const to = (meter: Meter, used: number) => turnMeter(meter, { used }, { rules, now });
        const start: Meter = { ...empty, enforcement: 'SOFT', limit };
        const before = history.reduce((meter, used) => to(meter, used).after, start);
        const { after } = to(before, Math.max(0, before.used + step));
        const range = window(before, after, levels(before, rules));
        if (!range) return;
        const by = after.used - before.used;
        const last = Math.min(range.to, 400);
        for (const used of [range.from, last, Math.max(range.from, Math.min(last, elsewhere))]) {
          const there = { ...before, used };
          const moved = to(there, used + by);
          expect(moved).toEqual({ after: { ...there, used: used + by }, announcements: [] });
          expect(drawn(moved.after) - drawn(there)).toBe(drawn(after) - drawn(before));
        }
        expect(before.used).toBeGreaterThanOrEqual(range.from);
        expect(before.used).toBeLessThanOrEqual(range.to);
      }),
      { numRuns: 1000 },
    );
  });

  it('never take more from the pool than it has, nor pass a hard limit', () => {
    const meters = fc.record({
      used: fc.nat(100),
      limit: fc.option(fc.nat(100), { nil: null }),
      enforcement: fc.constantFrom('HARD' as const, 'SOFT' as const),
      effect: fc.constantFrom('block-new' as const, 'mark' as const),
      free: fc.nat(50),
    });
    fc.assert(
      fc.property(meters, ({ effect, free, ...rest }) => {
        const meter: Meter = { ...empty, ...rest };
        const rules: Rules = { thresholds: [], rearmPoints: 5, graceDays: 0, effect };
        const places = room(meter, rules, { free, now });
        const after = { ...meter, used: meter.used + places };
        expect(places).toBeGreaterThanOrEqual(0);
        expect(reserved(after) + drawn(after) - reserved(meter) - drawn(meter)).toBeLessThanOrEqual(free);
        if (meter.limit !== null && meter.enforcement === 'HARD' && places > 0)
          expect(after.used).toBeLessThanOrEqual(meter.limit);
        if (meter.limit === 0) expect(places).toBe(0);
      }),
    );
  });
});
