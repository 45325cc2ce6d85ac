import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { limitAlong } from '../kit/inherit.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { refuse } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { type Around, countIn, isFirst, isOfDomain } from './around.ts';
import { describe, tell, userWrites, wish } from './create.ts';
import { importNeedsFirst, importTooLong, importUnreadable } from './problems.ts';
import { type NewUser, newUser, type User } from './user.ts';

/** All rows land in one transaction: user, UPN and user name each. */
export const mostRows = 32;

const headings = [
  'firstName',
  'lastName',
  'displayName',
  'upn',
  'userName',
  'expiresOn',
  'testUser',
  'department',
  'location',
  'folder',
] as const;
const required = ['firstName', 'lastName', 'upn'] as const;

const flag = z.enum(['true', 'false', 'TRUE', 'FALSE']).transform((value) => value.toLowerCase() === 'true');
const row = newUser
  .pick({ firstName: true, lastName: true, displayName: true, upn: true, userName: true, expiresOn: true })
  .extend(newUser.pick({ department: true, location: true, folder: true }).shape)
  .extend({ testUser: flag.default(false) });

/** What became of a row: the user it made, or what is wrong with it. */
export const rowResult = z.union([
  z.strictObject({ line: z.int(), userId: z.string() }),
  z.strictObject({ line: z.int(), field: z.string(), message: z.string() }),
]);
export type RowResult = z.infer<typeof rowResult>;

export const importReport = z.strictObject({
  imported: z.int(),
  failed: z.int(),
  results: z.array(rowResult).describe('In the order of the file'),
});

/** A row of the file: a user to add, or what is wrong with it. */
export type Row = { readonly line: number } & (
  | { readonly command: NewUser }
  | { readonly field: string; readonly message: string }
);

/** The rows of a CSV file with a heading. Refuses a file that cannot be read; a wrong row is told by itself. */
export function readRows(text: string): Row[] {
  const [heading, ...records] = parseRecords(text.replace(/^\ufeff/, ''));
  const names = heading?.record ?? [];
  const known: readonly string[] = headings;
  const wrong = names.find((name, index) => !known.includes(name) || names.indexOf(name) !== index);
  if (wrong !== undefined) throw unreadable(1, `${JSON.stringify(wrong.slice(0, 60))} is not a heading here`);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw unreadable(1, `the headings ${missing.join(', ')} are missing`);
  if (records.length === 0) throw unreadable(1, 'there are no rows');
  if (records.length > mostRows) refuse(importTooLong);
  return records.map(({ record, info }) => toRow(names, record, info.lines));
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseRecords(text: string): CsvRecord[] {
  try {
    const options = {
      info: true,
      max_record_size: 8192,
      to: mostRows + 2,
      trim: true,
      relax_column_count: true,
    };
    return parse(text, options) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(Number(error.lines ?? 1), 'is not valid CSV');
  }
}

function unreadable(line: number, message: string): Problem {
  return new Problem(importUnreadable, `Line ${line}: ${message}`, { data: { line } });
}

function toRow(names: readonly string[], cells: readonly string[], line: number): Row {
  if (cells.every((cell) => cell === '')) return { line, field: '', message: 'is blank' };
  if (cells.length !== names.length) {
    return { line, field: '', message: `has ${cells.length} cells under ${names.length} headings` };
  }
  const given = names.flatMap((name, index) => (cells[index] ? [[name, cells[index]]] : []));
  const read = row.safeParse(Object.fromEntries(given));
  if (read.success) return { line, command: newUser.parse(read.data) };
  const [issue] = read.error.issues;
  return { line, field: String(issue?.path[0] ?? ''), message: issue?.message ?? 'is wrong' };
}

/** UPNs (`upn`) and user names in lower case (`userName`) that are taken already; UPNs that sign in at another customer. */
export interface Taken {
  readonly upns: ReadonlySet<string>;
  readonly elsewhere: ReadonlySet<string>;
  readonly userNames: ReadonlySet<string>;
}

/** Adds the users of the good rows in one transaction; services and roles are not given by an import. */
export function importUsers(
  customer: Node,
  input: { rows: readonly Row[]; around: Around; taken: Taken },
  made: { newId: () => string; now: string },
): Plan<z.input<typeof importReport>> {
  const { around } = input;
  if (isFirst(around.count)) refuse(importNeedsFirst);
  const most = limitAlong(around.line)?.limit;
  const room = most === undefined ? mostRows : most - (around.count?.users ?? 0);
  const [upns, names] = [new Set(input.taken.upns), new Set(input.taken.userNames)];
  const added: User[] = [];
  const results = input.rows.map((one): RowResult => {
    if (!('command' in one)) return one;
    const { line, command } = one;
    const wrong = (field: string, message: string) => ({ line, field, message });
    if (!isOfDomain(command.upn, customer)) return wrong('upn', 'does not end with a domain of the customer');
    const user = describe(customer, { command, around, role: null }, { id: made.newId(), now: made.now });
    if (upns.has(user.upn)) return wrong('upn', 'is taken');
    if (input.taken.elsewhere.has(user.upn)) return wrong('upn', 'signs in elsewhere');
    if (names.has(user.userName.toLowerCase())) return wrong('userName', 'is taken');
    if (added.length >= room) return wrong('', 'the customer has as many users as its limit allows');
    upns.add(user.upn);
    names.add(user.userName.toLowerCase());
    added.push(user);
    return { line, userId: user.id };
  });
  const body = { imported: added.length, failed: results.length - added.length, results };
  if (added.length === 0) return { writes: [], reply: { body } };
  return {
    writes: [
      ...added.flatMap((user) => userWrites(user, customer)).map(deciding),
      countIn(customer, around, added),
    ],
    receipt: {
      action: 'users.import',
      subject: customer.id,
      after: { users: added.map(({ id }) => id) },
    },
    announcements: [
      tell(added),
      ...added.flatMap((user) => (user.status === 'Requested' ? [wish(user, 'provision', 1)] : [])),
    ],
    reply: { body },
  };
}

// A name that somebody took meanwhile fails its row, not the import: it is decided again.
function deciding(write: Write): Write {
  return write.do === 'create' ? { do: 'create', item: write.item } : write;
}
