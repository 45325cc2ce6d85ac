const hour = 3600_000;

/** The first instant after a calendar day (`2026-03-29`) as a time zone counts it, ISO 8601 UTC. */
export function dayAfter(day: string, timeZone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`) + 24 * hour;
  // The offsets in force around it: where clocks change at midnight itself, it comes twice, or not at all.
  const offsets = [-15, 0, 15].map((hours) => offsetAt(midnight + hours * hour, timeZone));
  const candidates = [...new Set(offsets)].map((offset) => midnight - offset).sort((a, b) => a - b);
  const begun = candidates.find((instant) => instant + offsetAt(instant, timeZone) >= midnight);
  return new Date(begun ?? midnight).toISOString();
}

/** The calendar day (`2026-03-29`) that a time zone shows at an instant. */
export function dayAt(instant: string, timeZone: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetAt(at, timeZone)).toISOString().slice(0, 10);
}

/** The calendar day that comes so many days after another. */
export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * hour).toISOString().slice(0, 10);
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
