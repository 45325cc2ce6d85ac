import type * as z from 'zod';
import { type Kind, prefixes } from '../kit/id.ts';
import { line } from '../kit/text.ts';
import { type NewCompany, newCompany } from './company.ts';
import type { Row } from './file.ts';
import { type NewPerson, newPerson } from './person.ts';

/** A row that landed, or why it did not. `line` is where it starts in the file. */
export type Result =
  | { readonly line: number; readonly id: string }
  | { readonly line: number; readonly field: string; readonly message: string };

/** A row of people names its company by name. */
const personRow = newPerson.extend({ company: line(80) });
export type PersonRow = NewPerson & { readonly company: string };

/** A row that satisfies its schema, or the first thing wrong with it. */
export type Checked<T> =
  | { readonly line: number; readonly index: number; readonly value: T }
  | { readonly line: number; readonly index: number; readonly wrong: Result };

export const checkCompanies = (rows: readonly Row[], first: number): Checked<NewCompany>[] =>
  check(newCompany, rows, first);
export const checkPeople = (rows: readonly Row[], first: number): Checked<PersonRow>[] =>
  check(personRow, rows, first);

function check<T>(schema: z.ZodType<T>, rows: readonly Row[], first: number): Checked<T>[] {
  return rows.map(({ line, fields }, at) => {
    const index = first + at;
    const result = schema.safeParse(fields);
    return result.success
      ? { line, index, value: result.data }
      : { line, index, wrong: toResult(line, result.error.issues) };
  });
}

function toResult(line: number, [issue]: readonly z.core.$ZodIssue[]): Result {
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return { line, field: [...issue.path, key].join('.').slice(0, 80), message: 'is not a field here' };
  }
  return { line, field: (issue?.path ?? []).join('.').slice(0, 80), message: issue?.message ?? 'is wrong' };
}

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The id of what row `index` (below 32⁴) makes: the same however often the row is settled. */
export function rowId(kind: Kind, operationId: string, index: number): string {
  let tail = '';
  for (let rest = index, place = 0; place < 4; place++, rest = Math.floor(rest / 32)) {
    tail = digits.charAt(rest % 32) + tail;
  }
  return `${prefixes[kind]}_${operationId.slice(-26, -4)}${tail}`;
}
