import * as z from 'zod';
import type { Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { foldName } from '../kit/text.ts';
import { type Author, drafted, mustBeServices } from './author.ts';
import { type NewContent, newContent } from './content.ts';
import type { CatalogItem } from './item.ts';
import type { Pricing } from './price.ts';

export const mostRows = 1000;

/** Where a file comes from, which says whether its prices count. Source: domain.md §1.5.5. */
export const source = z.enum(['file', 'connector', 'export']);
export interface Origin {
  readonly source: z.infer<typeof source>;
  readonly exportedAt?: string | undefined;
}

/** Prices count from a file of one's own, never from a connector, and from an export made under the system in force. */
export function pricesCount({ source: from, exportedAt = '' }: Origin, { switchedAt }: Pricing): boolean {
  if (from === 'export') return switchedAt === null || exportedAt > switchedAt;
  return from === 'file';
}

/** One row of a file as it waits: its fields as given, without a price that does not count. */
export interface Row {
  readonly line: number;
  readonly fields: unknown;
}

/**
 * A row with what was decided when the file came: prices that count belong to the epoch of that moment, items to their
 * maker. `texts`: all that the rows say is text, as in a CSV file.
 */
export function received(
  rows: readonly Row[],
  origin: Origin,
  by: { pricing: Pricing; supplied: boolean; texts: boolean },
): Row[] {
  const { pricing, supplied, texts } = by;
  const counting = pricesCount(origin, pricing);
  return rows.map(({ line, fields }) => {
    const given = fields as Record<string, string>;
    const { price, ...rest } = texts ? fromTexts(given) : (given as Record<string, unknown>);
    const priced = counting && price !== undefined && price !== null ? { price } : {};
    return { line, fields: { ...rest, ...priced, $epoch: pricing.epoch, $supplied: supplied } };
  });
}

const whole = /^-?\d{1,12}$/;
const numeric = (text: string) => (whole.test(text.trim()) ? Number(text) : text);
const flags = new Map([
  ['true', true],
  ['false', false],
]);

/** A row of a CSV file as the fields of an item; a text that is none stays one, for its field to be told. */
function fromTexts({ price, approval, quantityMin, quantityMax, ...rest }: Record<string, string>) {
  const most = quantityMax ?? quantityMin;
  return {
    ...rest,
    ...(price === undefined ? {} : { price: { base: numeric(price) } }),
    ...(approval === undefined ? {} : { approval: flags.get(approval.trim().toLowerCase()) ?? approval }),
    ...(most === undefined ? {} : { quantity: { min: numeric(quantityMin ?? '1'), max: numeric(most) } }),
  };
}

/** What a file says besides what an item is made from: an export names it. */
function asCommand({ $epoch, $supplied, id, ...fields }: Record<string, unknown>): unknown {
  return fields;
}

/** A row that satisfies its schema, or the first thing wrong with it. */
export type Checked =
  | {
      readonly line: number;
      readonly command: NewContent;
      readonly epoch: number;
      readonly supplied: boolean;
    }
  | { readonly line: number; readonly field: string; readonly message: string };

export function checkRows(rows: readonly Row[]): Checked[] {
  return rows.map(({ line, fields }) => {
    const given = fields as Record<string, unknown>;
    const read = newContent.safeParse(asCommand(given));
    if (read.success)
      return { line, command: read.data, epoch: Number(given.$epoch), supplied: given.$supplied === true };
    const [issue] = read.error.issues;
    if (issue?.code === 'unrecognized_keys') {
      const field = [...issue.path, issue.keys[0] ?? ''].join('.').slice(0, 80);
      return { line, field, message: 'is not a field here' };
    }
    return { line, field: (issue?.path ?? []).join('.').slice(0, 80), message: issue?.message ?? 'is wrong' };
  });
}

/** Parts that rows name. */
export const partsOf = (rows: readonly Checked[]): string[] => [
  ...new Set(
    rows.flatMap((one) => ('command' in one ? (one.command.parts ?? []) : [])).map((one) => one.itemId),
  ),
];

/** Codes that rows name. */
export const codesOf = (rows: readonly Checked[]): string[] => [
  ...new Set(
    rows.flatMap((one) => ('command' in one && one.command.code ? [foldName(one.command.code)] : [])),
  ),
];

/** What became of a row. */
export type Landed =
  | { readonly line: number; readonly id: string }
  | { readonly line: number; readonly field: string; readonly message: string };

/** Drafts of the good rows; a bad one is told with its line and field, and so is one whose code is there already. */
export function landItems(
  rows: readonly Checked[],
  found: {
    pricing: Pricing;
    known: ReadonlyMap<string, CatalogItem>;
    /** Which items have the codes that rows name, by folded code. */
    coded: ReadonlyMap<string, string>;
  },
  made: Author & { idOf: (index: number) => string },
): { writes: Write[]; results: Landed[] } {
  const writes: Write[] = [];
  const coded = new Map(found.coded);
  const results = rows.map((row, index): Landed => {
    if (!('command' in row)) return row;
    const id = made.idOf(index);
    const code = foldName(row.command.code ?? '');
    const there = coded.get(code);
    if (there) return { line: row.line, field: 'code', message: `is there already: ${there}` };
    try {
      mustBeServices(row.command.parts, found.known);
      const pricing = { ...found.pricing, epoch: row.epoch };
      writes.push(...drafted(row.command, { ...made, id, pricing, supplied: row.supplied }).writes);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const [wrong] = error.errors;
      const field = (wrong?.pointer ?? '').replace(/^#\//, '').replaceAll('/', '.');
      return { line: row.line, field, message: wrong?.message ?? error.detail };
    }
    if (code) coded.set(code, id);
    return { line: row.line, id };
  });
  return { writes, results };
}
