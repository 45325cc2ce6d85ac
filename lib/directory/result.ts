import * as z from 'zod';
import type { Result } from './row.ts';

/** What became of a row: the id of what it made, or the field that was wrong and why. */
export const rowResult = z.strictObject({
  line: z.int().describe('Where the row starts in the file; the first line is 1'),
  id: z.string().nullable(),
  field: z.string().nullable(),
  message: z.string().nullable(),
});
export type RowResult = z.infer<typeof rowResult>;

/** Where a page of results starts: at a stored item, some of whose rows the page before may have told. */
export interface Place {
  readonly from: string;
  readonly skip: number;
}

export const writePlace = (place: Place): string => JSON.stringify([place.from, place.skip]);

export function readPlace(position: string | undefined): Place | undefined {
  if (position === undefined) return undefined;
  const [from, skip] = JSON.parse(position) as [string, number];
  return { from, skip };
}

/** At most `limit` rows of stored results, and where to go on: `more` says that further items follow. */
export function takeRows(
  items: readonly { SK: string; rows: readonly Result[] }[],
  asked: { limit: number; skip: number; more: boolean },
): { rows: RowResult[]; rest: Place | null } {
  const rows: RowResult[] = [];
  let skip = asked.skip;
  for (const [index, item] of items.entries()) {
    const taken = item.rows.slice(skip, skip + asked.limit - rows.length);
    rows.push(...taken.map(toRow));
    const told = skip + taken.length;
    const last = index === items.length - 1;
    if (told < item.rows.length || (last && asked.more)) return { rows, rest: { from: item.SK, skip: told } };
    skip = 0;
  }
  return { rows, rest: null };
}

const toRow = (result: Result): RowResult => ({ id: null, field: null, message: null, ...result });
