import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAt, plusDays } from '../../lib/kit/day.ts';
import { begun, type Grant, metersAt, seatsAt } from '../../lib/licensing/grant.ts';
import { usageIn } from '../../lib/licensing/holding.ts';
import { takeSeat } from '../../lib/licensing/seat.ts';
import { type SeatMeter, toSeatMeter, turnSeats } from '../../lib/licensing/seat-meter.ts';
import type { ClosedMonth } from '../../lib/licensing/seat-use.ts';
import { type Term, termAsked, termFrom } from '../../lib/licensing/term.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-01-30T10:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();
const ids = { customerId: 'cus_00000000000000000000000000', productId: 'prd_00000000000000000000000000' };
const empty = (at: string) => toSeatMeter(undefined, { ...ids, now: at });
const granted = (id: string, seats: number, more: Partial<Grant> = {}): Grant =>
  begun({ id, kind: 'SUBSCRIPTION', seats, from: iso(start), until: null, ...more });

describe('traces over one evaluation each', () => {
  const walk = (steps: readonly { used?: number; seats?: number }[]) => {
    const told: string[] = [];
    let meter = turnSeats(
      empty(iso(start)),
      { grants: [granted('a', 100, { kind: 'MSP' })] },
      iso(start),
    ).after;
    for (const { used = meter.used, seats } of steps) {
      const grants = seats === undefined ? meter.grants : [granted('a', seats, { kind: 'MSP' })];
      const turned = turnSeats(meter, { used, grants }, iso(start));
      meter = turned.after;
      for (const { type, data } of turned.announcements) {
        const word = /seat_(threshold|recovered)/.exec(type)?.[1];
        const { thresholds } = data as { thresholds: { id: string }[] };
        if (word)
          told.push([word === 'threshold' ? 'fired' : word, ...thresholds.map(({ id }) => id)].join(' '));
      }
    }
    return told;
  };
  const to = (used: number) => ({ used });
  it.each([
    ['A', Array.from({ length: 110 }, (_, at) => to(at + 1)), ['fired 80', 'fired 100']],
    ['B', [to(70), to(130)], ['fired 80 100']],
    ['C', [81, 79, 81, 79, 81, 79, 81, 79, 81, 79].map(to), ['fired 80']],
    ['D', [to(101), { seats: 125 }, to(126)], ['fired 80 100', 'recovered 100', 'fired 100']],
    ['E', [to(70), { seats: 80 }], ['fired 80']],
    ['F', [to(85), to(60), to(85)], ['fired 80', 'recovered 80', 'fired 80']],
  ])('%s', (_, steps, expected) => {
    expect(walk(steps)).toEqual(expected);
  });
});

/** What happens at a customer: hours pass, then seats are taken or freed, licences come or go. */
const step = fc.record({
  hours: fc.integer({ min: 0, max: 24 * 20 }),
  act: fc.oneof(
    fc.record({ take: fc.integer({ min: -4, max: 4 }) }),
    fc.record({
      grant: fc.integer({ min: 1, max: 6 }),
      days: fc.integer({ min: 1, max: 60 }),
      msp: fc.boolean(),
    }),
    fc.record({ drop: fc.nat() }),
    fc.constant({}),
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface World {
  meter: SeatMeter;
  readonly months: ClosedMonth[];
  readonly types: string[];
  /** Use and licences from an instant on, as they really were. */
  readonly past: { at: number; used: number; grants: readonly Grant[] }[];
}

function play(steps: readonly Step[], { checks }: { checks: boolean }): { world: World; now: number } {
  const world: World = { meter: empty(iso(start)), months: [], types: [], past: [] };
  let now = start;
  const turn = (change: Parameters<typeof turnSeats>[1], at: number) => {
    const turned = turnSeats(world.meter, change, iso(at));
    world.meter = turned.after;
    world.months.push(...turned.closed);
    world.types.push(...turned.announcements.map(({ type }) => type));
  };
  const kept: Grant[] = [];
  for (const [index, { hours, act }] of steps.entries()) {
    const next = now + hours * 3_600_000 + 1;
    while (checks && world.meter.dueAt !== null && Date.parse(world.meter.dueAt) <= next)
      turn({}, Math.max(now, Date.parse(world.meter.dueAt)));
    now = next;
    if ('take' in act) turn({ used: Math.max(0, world.meter.used + act.take) }, now);
    if ('grant' in act) {
      const more = { from: iso(now), until: act.msp ? null : iso(now + act.days * dayMs) };
      const added = granted(`g${index}`, act.grant, { kind: act.msp ? 'MSP' : 'SUBSCRIPTION', ...more });
      kept.push(added);
      turn({ grants: [...world.meter.grants, added] }, now);
    }
    const running = kept.filter(({ until }) => until === null || until > iso(now));
    const gone = 'drop' in act ? running[act.drop % running.length] : undefined;
    if (gone) {
      kept.splice(kept.indexOf(gone), 1);
      turn({ grants: world.meter.grants.filter(({ id }) => id !== gone.id) }, now);
    }
    world.past.push({ at: now, used: world.meter.used, grants: [...kept] });
  }
  return { world, now };
}

/** The month as it is counted from every hour, and from every moment at which something changed. */
function counted({ past }: World, month: string, now: number) {
  const moments = new Set(past.map(({ at }) => at));
  for (const { grants } of past)
    for (const { until } of grants) if (until && Date.parse(until) <= now) moments.add(Date.parse(until));
  for (let at = Date.parse(`${month}-01T00:00:00Z`); at <= now && iso(at).startsWith(month); at += 3_600_000)
    moments.add(at);
  const inMonth = [...moments].filter((at) => at >= start && at <= now && iso(at).startsWith(month));
  let [peak, overage, msp] = [0, 0, null as number | null];
  const days = new Map<string, number>();
  for (const at of inMonth) {
    // At a change both what was and what is count.
    for (const one of [past.findLast((each) => each.at < at), past.findLast((each) => each.at <= at)]) {
      if (!one) continue;
      const day = iso(at).slice(0, 10);
      peak = Math.max(peak, one.used);
      days.set(day, Math.max(days.get(day) ?? 0, one.used));
    }
    const one = past.findLast((each) => each.at <= at);
    if (!one) continue;
    overage = Math.max(overage, one.used - seatsAt(one.grants, iso(at)));
    const own = one.grants.filter(({ kind }) => kind !== 'MSP');
    if (metersAt(one.grants, iso(at))) msp = Math.max(msp ?? 0, one.used - seatsAt(own, iso(at)), 0);
  }
  return { peak, overage, mspSeats: msp, days };
}

describe('a seat meter', () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 25 });

  it.each([true, false])('meters every month as it was, whether the clock looks (%s) or not', (checks) => {
    fc.assert(
      fc.property(steps, (list) => {
        const { world, now } = play(list, { checks });
        for (let at = start; iso(at).slice(0, 7) <= iso(now).slice(0, 7); at += 27 * dayMs) {
          const month = iso(at).slice(0, 7);
          const kept = world.months.findLast((one) => one.month <= month);
          const usage = usageIn(world.meter, month, { now: iso(now), kept });
          const expected = counted(world, month, now);
          expect({ ...usage, days: undefined, productId: undefined }).toEqual({
            ...{ peak: expected.peak, overage: expected.overage, mspSeats: expected.mspSeats },
            ...{ days: undefined, productId: undefined },
          });
          for (const { day, peak } of usage?.days ?? [])
            expect([day, peak]).toEqual([day, expected.days.get(day) ?? 0]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('comes to the same, whether the clock looks in between or only in the end', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const often = play(list, { checks: true });
        const seldom = play(list, { checks: false });
        const state = ({ world, now }: typeof often) => {
          const {
            version: _,
            over,
            dueAt,
            bands,
            at: __,
            ...rest
          } = turnSeats(world.meter, {}, iso(now)).after;
          return {
            ...rest,
            over: over !== null,
            due: dueAt !== null && dueAt > iso(now),
            bands: Object.keys(bands),
          };
        };
        expect(state(often)).toEqual(state(seldom));
        const ended = (types: string[]) => types.filter((type) => type.includes('expired')).length;
        const seldomTold = turnSeats(seldom.world.meter, {}, iso(seldom.now)).announcements.map(
          ({ type }) => type,
        );
        const oftenTold = turnSeats(often.world.meter, {}, iso(often.now)).announcements.map(
          ({ type }) => type,
        );
        expect(ended([...often.world.types, ...oftenTold])).toBe(
          ended([...seldom.world.types, ...seldomTold]),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('does not go back in time with a request that began before another and ends after it', () => {
    const [late, early] = ['2026-03-01T00:00:00.100Z', '2026-02-28T23:59:59.900Z'];
    const meter = turnSeats(empty(iso(start)), { grants: [granted('a', 9)], used: 1 }, late).after;
    const turned = turnSeats(meter, { used: 2 }, early);
    expect(turned.closed).toEqual([]);
    expect(turned.after).toMatchObject({ at: late, use: { month: '2026-03', days: { '01': [2, 2] } } });
  });

  it('never gives a seat beyond the licences that run, but where one meters it', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { world, now } = play(list, { checks: true });
        const limit = seatsAt(world.meter.grants, iso(now));
        const may = world.meter.used < limit || metersAt(world.meter.grants, iso(now));
        const take = () => takeSeat(world.meter, 'host', iso(now));
        if (may) expect(take().meter.used).toBe(world.meter.used + 1);
        else expect(take).toThrow();
      }),
      { numRuns: 200 },
    );
  });
});

describe('terms', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const moments = fc
    .integer({ min: 0, max: 20 * 365 * 24 * 60 })
    .map((minutes) => iso(start + minutes * 60_000));

  it.each([
    ['2026-10-20T10:00:00.000Z', 5, 'Europe/Vienna', '2026-10-25T23:00:00.000Z'],
    ['2026-03-24T10:00:00.000Z', 5, 'Europe/Vienna', '2026-03-29T22:00:00.000Z'],
    ['2026-03-24T23:30:00.000Z', 5, 'Europe/Vienna', '2026-03-30T22:00:00.000Z'],
    ['2026-09-01T03:00:00.000Z', 5, 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    ['2026-10-31T12:00:00.000Z', 1, 'America/New_York', '2026-11-02T05:00:00.000Z'],
    ['2026-04-01T12:00:00.000Z', 4, 'Australia/Lord_Howe', '2026-04-05T13:30:00.000Z'],
    ['2026-01-01T00:00:00.000Z', 30, 'Pacific/Kiritimati', '2026-01-31T10:00:00.000Z'],
  ])('from %s, %i days in %s, end at %s', (now, days, zone, endsAt) => {
    expect(termFrom(now, days, zone).endsAt).toBe(endsAt);
  });

  it('last at least the days bought and at most one more, and end at a midnight there', () => {
    fc.assert(
      fc.property(moments, zones, fc.integer({ min: 1, max: 3660 }), (now, timeZone, days) => {
        const { endsAt, lastDay } = termFrom(now, days, timeZone);
        const lasts = (Date.parse(endsAt) - Date.parse(now)) / dayMs;
        expect(lasts).toBeGreaterThan(days - 3 / 24 - 1 / 1440);
        expect(lasts).toBeLessThanOrEqual(days + 1 + 3 / 24);
        expect(dayAt(iso(Date.parse(endsAt) - 1), timeZone)).toBe(lastDay);
        expect(dayAt(endsAt, timeZone) > lastDay).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('renewed while they run, add up to the day', () => {
    fc.assert(
      fc.property(
        moments,
        zones,
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
        (now, timeZone, all) => {
          const first = dayAt(now, timeZone);
          let last: Term | undefined;
          for (const termDays of all)
            last = termAsked({ termDays }, { now, timeZone, running: last?.endsAt, pointer: '#' });
          expect(last?.lastDay).toBe(
            plusDays(
              first,
              all.reduce((sum, days) => sum + days, 0),
            ),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
