import { describe, expect, it } from 'vitest';
import { dayAfter } from '../../lib/kit/day.ts';

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
  ])('%s in %s is over at %s', (day, zone, instant) => {
    expect(dayAfter(day, zone)).toBe(instant);
  });
});
