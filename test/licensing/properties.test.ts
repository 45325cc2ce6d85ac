import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
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
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { type Desk, managedItems, openDesk, poolBreaches, setPool } from './desk.ts';

const empty = toMeter(undefined, { customerId: 'cus_X', type: 'DEVICE' });
const now = '2026-01-01T00:00:00.000Z';

/** One state of a meter's history; thresholds in percent. */
interface Moment {
  readonly used: number;
  readonly limit: number | null;
  readonly thresholds: readonly number[];
}

/** What band semantics promise for a history, worked out apart from the product: exact fractions, plain flags. */
function replay(history: readonly Moment[], rearmPoints: number): string[] {
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
const usual = <T>(most: T, any: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(most) }, any);
const percents = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 });
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

describe('any sequence of commands over the engine', () => {
  let msp: Msp;
  beforeAll(async () => {
    msp = await makeMsp();
  });

  const command = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('add' as const),
        at: fc.nat(1),
        by: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('unmanage' as const),
        at: fc.nat(1),
        by: fc.integer({ min: 1, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('share' as const), at: fc.nat(1) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('allot' as const),
        at: fc.nat(1),
        limit: fc.option(fc.nat(25), { nil: null }),
        enforcement: fc.constantFrom('HARD', 'SOFT'),
        force: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('pool' as const), at: fc.nat(1), licensed: fc.nat(60) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('thresholds' as const), at: fc.nat(1), thresholds: percents }),
    },
  );
  type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

  async function obey(desks: readonly Desk[], one: Command): Promise<void> {
    const desk = desks[one.at] as Desk;
    if (one.do === 'add') await desk.add(one.by);
    if (one.do === 'unmanage') {
      const ids = (await managedItems(desk.id, 'DEVICE')).slice(0, one.by);
      if (ids.length > 0) await desk.unmanage(ids);
    }
    if (one.do === 'share') await desk.allocate({ model: 'SHARED' });
    if (one.do === 'pool') await setPool(msp, 'DEVICE', one.licensed);
    if (one.do === 'thresholds') await desk.settings({ thresholds: one.thresholds });
    if (one.do === 'allot') {
      const { limit, enforcement, force } = one;
      await desk.allocate(
        { model: 'ALLOCATED', allocations: { DEVICE: { limit, enforcement } } },
        `?force=${force}`,
      );
    }
  }

  async function momentOf(desk: Desk): Promise<Moment> {
    const [licences, settings] = await Promise.all([
      call(`GET ${desk.path('/licences')}`, { as: msp.reader }),
      call(`GET ${desk.path('/notification-settings')}`, { as: msp.reader }),
    ]);
    const { used, allocated, enforcement } = licences.body.resources[0];
    expect(used).toBe((await managedItems(desk.id, 'DEVICE')).length);
    if (enforcement === 'HARD' && allocated !== null) expect(used).toBeLessThanOrEqual(allocated);
    const { thresholds } = settings.body.effective as { thresholds: number[] };
    const reachable = [...new Set([...thresholds, 100])].filter(
      (one) => one <= 100 || enforcement === 'SOFT',
    );
    return { used, limit: allocated, thresholds: reachable };
  }

  it('keeps the pool rule, and every alert is a crossing of the replayed history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 15 }), async (commands) => {
        const desks = await Promise.all([openDesk(msp), openDesk(msp)]);
        const everyone = desks.map(({ id }) => id);
        await setPool(msp, 'DEVICE', 40);
        const histories: Moment[][] = desks.map(() => []);
        for (const one of commands) {
          await obey(desks, one);
          const [desk, history] = [desks[one.at], histories[one.at]];
          if (desk && history) history.push(await momentOf(desk));
          expect(await poolBreaches(msp.id, everyone)).toEqual([]);
        }
        for (const [at, desk] of desks.entries())
          expect(await desk.notices()).toEqual(replay(histories[at] ?? [], 5));
        for (const desk of desks) await desk.allocate({ model: 'ALLOCATED' }, '?force=true');
      }),
      { numRuns: 6 },
    );
  }, 240_000);
});
