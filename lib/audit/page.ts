import { type AuditEvent, type AuditFilters, filtered, matches, seenFrom, toAuditEvent } from './entry.ts';

/** How many entries a page with filters may look at: its cost is bounded, its length is not promised. */
export const sightOfFiltered = 200;

/** What a page reads: entries before `after` (an id), newest first, at most `sight` of them. */
export function sightFor(filters: AuditFilters, limit: number): number {
  return filtered(filters) ? Math.max(sightOfFiltered, limit) : limit;
}

/**
 * Cuts a page from what was read: the first `limit` that match, and the id after which the next page goes on
 * (null at the end). A page may be short, or empty, and still have a next one.
 */
export function cut(
  read: { items: readonly Readonly<Record<string, unknown>>[]; more: boolean },
  asked: { filters: AuditFilters; limit: number; sight?: { homeId: string; path: string } },
): { items: AuditEvent[]; next: string | null } {
  const { sight } = asked;
  const seen = read.items.map((item) => {
    const entry = toAuditEvent(item);
    return sight ? seenFrom(sight.homeId, entry, String(item.path ?? sight.path)) : entry;
  });
  const matching = seen.filter((entry) => matches(entry, asked.filters));
  const items = matching.slice(0, asked.limit);
  if (matching.length > items.length) return { items, next: items.at(-1)?.id ?? null };
  return { items, next: read.more ? (seen.at(-1)?.id ?? null) : null };
}
