const dayMs = 86_400_000;
const hourMs = 3_600_000;
export const windowDays = 30;
export const leastDays = 3;
const stepDays = 5;

/** How much had been burned at a moment. */
interface Mark {
  readonly at: number;
  readonly burned: number;
}

/** Text that an entry keeps: per mark four digits of the hour (base 36), the rest what had been burned by then. */
function unpack(text: string): Mark[] {
  if (text === '') return [];
  return text.split('.').map((one) => ({
    at: Number.parseInt(one.slice(0, 4), 36) * hourMs,
    burned: Number.parseInt(one.slice(4), 36),
  }));
}

const pack = (marks: readonly Mark[]) =>
  marks
    .map(
      ({ at, burned }) =>
        `${Math.floor(at / hourMs)
          .toString(36)
          .padStart(4, '0')}${burned.toString(36)}`,
    )
    .join('.');

/** Marks what was burned before `at` when the newest mark is five days old; forgets what no window needs. At most eight marks. */
export function mark(pace: string, burned: number, at: string): string {
  const now = Date.parse(at);
  const marks = unpack(pace);
  const newest = marks.at(-1);
  if (!newest || now - newest.at >= stepDays * dayMs) marks.push({ at: now, burned });
  while ((marks[1]?.at ?? now) <= now - windowDays * dayMs) marks.shift();
  return pack(marks);
}

/**
 * Average burn per day over the last 30 days, from the marks that the newest entry keeps: exact where a mark stands at
 * the window's edge, over up to five days more where it does not. Undefined below three days of data or without burn.
 */
export function perDay(pace: string, burned: number, at: string): number | undefined {
  const now = Date.parse(at);
  const edge = now - windowDays * dayMs;
  const marks = unpack(pace);
  const index = marks.findLastIndex((one) => one.at <= edge);
  const before = marks[Math.max(0, index)];
  if (!before) return undefined;
  // All that was burned after a mark and before the next one was burned within five days of it.
  const quiet = index >= 0 && before.at + stepDays * dayMs <= edge;
  const start = quiet ? (marks[index + 1]?.burned ?? burned) : before.burned;
  const days = quiet ? windowDays : (now - before.at) / dayMs;
  if (days < leastDays) return undefined;
  const average = (burned - start) / days;
  return average > 0 ? average : undefined;
}
