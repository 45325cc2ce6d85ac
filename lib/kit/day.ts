const hour = 3600_000;

/** The first instant after a calendar day (`2026-03-29`) as a time zone counts it, ISO 8601 UTC. */
export function dayAfter(day: string, timeZone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`) + 24 * hour;
  // Twice: where clocks change in between, the offset of the first guess is not that of the instant itself.
  const guess = midnight - offsetAt(midnight, timeZone);
  return new Date(midnight - offsetAt(guess, timeZone)).toISOString();
}

/** How much later than UTC the clocks of a time zone show at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  } as Intl.DateTimeFormatOptions);
  const shown = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour: hours = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hours, minute, second) - Math.floor(instant / 1000) * 1000;
}
