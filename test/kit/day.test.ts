import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAfter, dayAt, plusDays } from '../../lib/kit/day.ts';

describe('the end of a day', () => {
  it.each([
    ['2026-06-30', 'UTC', '2026-07-01T00:00:00.000Z'],
    ['2026-06-30', 'Europe/Vienna', '2026-06-30T22:00:00.000Z'],
    ['2026-12-31', 'Pacific/Auckland', '2026-12-31T11:00:00.000Z'],
    ['2026-12-31', 'America/Los_Angeles', '2027-01-01T08:00:00.000Z'],
    ['2026-07-15', 'Asia/Kathmandu', '2026-07-15T18:15:00.000Z'],
    ['2028-02-29', 'UTC', '2028-03-01T00:00:00.000Z'],
    // Clocks change on 29 March and 25 October at one in the morning, UTC.
    ['2026-03-28', 'Europe/Vienna', '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Vienna', '2026-03-29T22:00:00.000Z'],
    ['2026-10-24', 'Europe/Vienna', '2026-10-24T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Vienna', '2026-10-25T23:00:00.000Z'],
    // At midnight itself: in Santiago it does not come in September and comes twice in April, in Havana in November.
    ['2026-09-05', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    ['2026-09-06', 'America/Santiago', '2026-09-07T03:00:00.000Z'],
    ['2026-04-04', 'America/Santiago', '2026-04-05T04:00:00.000Z'],
    ['2026-10-31', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    ['2026-11-01', 'America/Havana', '2026-11-02T05:00:00.000Z'],
  ])('%s in %s is over at %s', (day, zone, instant) => {
    expect(dayAfter(day, zone)).toBe(instant);
  });
});

const zones = Intl.supportedValuesOf('timeZone');
const days = fc.integer({ min: 0, max: 20_000 }).map((past) => plusDays('2000-01-01', past));

describe('days of all time zones', () => {
  it('end at the first instant that shows a later day', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...zones), (day, zone) => {
        const end = dayAfter(day, zone);
        const before = new Date(Date.parse(end) - 1).toISOString();
        expect(dayAt(end, zone) > day).toBe(true);
        expect(dayAt(before, zone) <= day).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('never end before an earlier one', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 400 }), fc.constantFrom(...zones), (day, more, zone) => {
        const [first, second] = [dayAfter(day, zone), dayAfter(plusDays(day, more), zone)];
        expect(second > first).toBe(true);
        expect(Math.abs(Date.parse(second) - Date.parse(first) - more * 86_400_000)).toBeLessThanOrEqual(
          26 * 3_600_000,
        );
      }),
      { numRuns: 400 },
    );
  });
});
