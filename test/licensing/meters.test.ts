import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawn,
  graceEnd,
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

describe('a meter', () => {
  const rules: Rules = { thresholds: [80, 100, 120], rearmPoints: 5, graceDays: 14, effect: 'mark' };
  const day = (count: number) => new Date(Date.parse(now) + count * 86_400_000).toISOString();
  const of = (more: Partial<Meter>): Meter => ({ ...empty, ...more });

  it('reserves its limit, and draws from the pool what is beyond', () => {
    expect([reserved(of({ limit: null })), reserved(of({ limit: 7 }))]).toEqual([0, 7]);
    const draws = [of({ used: 9, limit: 7 }), of({ used: 5, limit: 7 }), of({ used: 5 })].map(drawn);
    expect(draws).toEqual([2, 0, 5]);
    expect(graceEnd(now, 14)).toBe('2026-01-15T00:00:00.000Z');
  });

  it('has room by its limit, by the pool, and beyond a soft limit until its grace is over', () => {
    const left = (more: Partial<Meter>, free: number, by: Partial<Rules> = {}, at = now) =>
      room(of({ used: 3, ...more }), { ...rules, ...by }, { free, now: at });
    expect([left({ limit: null }, 6), left({ limit: null }, -6)]).toEqual([6, 0]);
    expect([left({ limit: 10 }, 6), left({ limit: 2 }, 6), left({ limit: 0 }, 6)]).toEqual([7, 0, 0]);
    const soft = { limit: 10, enforcement: 'SOFT' } as const;
    expect([left(soft, 6), left({ ...soft, limit: 0 }, 6), left({ ...soft, used: 12 }, 6)]).toEqual([
      13, 0, 6,
    ]);
    const blocks = { effect: 'block-new' } as const;
    const over = { ...soft, used: 12, overSince: now };
    expect(left({ ...soft, used: 12 }, 6, blocks)).toBe(6);
    expect([left(over, 6, blocks, day(14 - 1e-8)), left(over, 6, blocks, day(14))]).toEqual([6, 0]);
    expect(left(over, 6, rules, day(15))).toBe(6);
  });

  it('is told of by levels of its limit, those beyond it where it may be passed', () => {
    const ids = (more: Partial<Meter>, by: Partial<Rules> = {}) =>
      levels(of(more), { ...rules, ...by }).map(({ id, at, rearm }) => [id, at, rearm]);
    expect(ids({ limit: 50 })).toEqual([
      ['80', 4000, 3750],
      ['100', 5000, 4750],
    ]);
    expect(ids({ limit: 50, enforcement: 'SOFT' }).map(([id]) => id)).toEqual(['80', '100', '120']);
    expect([ids({ limit: null }), ids({ limit: 0, enforcement: 'SOFT' })]).toEqual([[], []]);
    expect(ids({ limit: 10 }, { thresholds: [90, 3] })).toEqual([
      ['3', 30, 0],
      ['90', 900, 850],
    ]);
  });

  it('tells in one event what it crossed, and in another that it is over its limit', () => {
    const turn = (before: Meter, used: number) => turnMeter(before, { used }, { rules, now });
    const soft = of({ limit: 10, enforcement: 'SOFT', used: 7 });
    const beyond = turn(soft, 11);
    const figures = { meter: 'LICENCE.DEVICE', resourceType: 'DEVICE', limit: 10, allocated: 10 };
    const reached = { used: 11, value: 110, usedPercent: 110, remaining: 0 };
    expect(beyond.after).toMatchObject({ used: 11, overSince: now, bands: { 80: now, 100: now, 120: null } });
    expect(beyond.announcements).toEqual([
      {
        ...{ type: 'licensing.allocation_threshold.v1', subject: 'cus_X' },
        data: {
          ...figures,
          ...reached,
          thresholds: [
            { id: '80', at: 80 },
            { id: '100', at: 100 },
          ],
        },
      },
      {
        ...{ type: 'licensing.over_limit_changed.v1', subject: 'cus_X' },
        data: {
          ...{ resourceType: 'DEVICE', allocated: 10, used: 11, overSince: now },
          ...{ graceUntil: day(14), effect: 'mark' },
        },
      },
    ]);
    expect(turn(beyond.after, 11).announcements).toEqual([]);
    expect(turnMeter(beyond.after, { used: 12 }, { rules, now: day(3) }).after.overSince).toBe(now);
    const back = turn(beyond.after, 7);
    expect(back.after).toMatchObject({ used: 7, overSince: null });
    expect(back.announcements.map(({ type }) => type)).toEqual([
      ...['licensing.allocation_recovered.v1', 'licensing.over_limit_changed.v1'],
    ]);
    expect(back.announcements[0]?.data).toMatchObject({ remaining: 3, value: 70, usedPercent: 70 });
    expect(back.announcements[1]?.data).toMatchObject({ overSince: null, graceUntil: null });
    expect(turn(of({ limit: null, used: 1 }), 99)).toMatchObject({
      after: { overSince: null },
      announcements: [],
    });
  });

  it('is read as it was stored, an empty one where nothing is', () => {
    expect(empty).toEqual({
      ...{ customerId: 'cus_X', type: 'DEVICE', used: 0, waiting: 0, limit: null, enforcement: 'HARD' },
      ...{ bands: {}, overSince: null, epoch: 0, version: 0 },
    });
    const { waiting: _, epoch: __, ...old } = of({ used: 5, version: 3 });
    expect(toMeter(old, { customerId: 'cus_Y', type: 'FIREWALL' })).toMatchObject({
      ...{ customerId: 'cus_Y', type: 'FIREWALL', used: 5, waiting: 0, epoch: 0, version: 3 },
    });
  });
});
