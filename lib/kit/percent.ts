/** Percent of `limit` in use, two decimals, rounded down so that 80 is never shown before it is reached. */
export function percentOf(used: number, limit: number): number {
  return limit === 0 ? 0 : Math.floor((used * 10_000) / limit) / 100;
}

/** How far above a falling meter's level it re-arms: `percent` of the limit, at least 1. */
export function fallingMargin(limit: number | null, percent: number): number {
  return Math.max(1, Math.ceil(((limit ?? 0) * percent) / 100));
}
