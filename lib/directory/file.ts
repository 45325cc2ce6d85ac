import { CsvError, parse } from 'csv-parse/sync';
import { Problem } from '../kit/problem.ts';
import { attributeName } from './person.ts';
import { importTooLong, unreadableImport } from './problems.ts';

/** What a file holds: items of a catalogue are settled by their own context. */
export type ImportKind = 'companies' | 'people' | 'catalogue';

/** One row as given: the line where it starts, and its fields by name, not yet checked. */
export interface Row {
  readonly line: number;
  readonly fields: unknown;
}

export const maxRows = 10_000;
const longestRow = 32_768;

const headings = {
  companies: { required: ['name', 'type'], optional: [], lists: ['organizations', 'locations'] },
  people: {
    required: ['company', 'fullName', 'loginName', 'email'],
    optional: ['organization', 'department', 'location'],
    lists: [],
  },
  catalogue: {
    required: ['name'],
    optional: [
      'code',
      'type',
      'summary',
      'description',
      'category',
      'price',
      'quantityMin',
      'quantityMax',
      'approval',
    ],
    lists: [],
  },
} as const satisfies Record<ImportKind, Record<string, readonly string[]>>;
const attributePrefix = 'attributes.';

/** Whether a file is NDJSON, which starts like a JSON value with parts; else it is CSV, whose headings never do. */
export const isNdjson = (text: string): boolean => /^\ufeff?\s*[{[]/.test(text);

/** The rows of a file. Refuses the whole file, naming the line, when it cannot be read. */
export function readRows(kind: ImportKind, text: string, parseJson: (text: string) => unknown): Row[] {
  const plain = text.replace(/^\ufeff/, '');
  const rows = isNdjson(text) ? readLines(plain, parseJson) : readCsv(kind, plain);
  if (rows.length === 0) throw unreadable(1, 'there are no rows');
  if (rows.length > maxRows) throw new Problem(importTooLong);
  return rows;
}

function unreadable(line: number, message: string): Problem {
  return new Problem(unreadableImport, `Line ${line}: ${message}`, { data: { line } });
}

function readLines(text: string, parseJson: (text: string) => unknown): Row[] {
  const rows: Row[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    if (content.length > longestRow) throw unreadable(line, `is longer than ${longestRow} characters`);
    rows.push({ line, fields: readObject(content, line, parseJson) });
    if (rows.length > maxRows) break;
  }
  return rows;
}

function readObject(content: string, line: number, parseJson: (text: string) => unknown): unknown {
  let value: unknown;
  try {
    value = parseJson(content);
  } catch (error) {
    const message = error instanceof Problem ? error.errors[0]?.message : undefined;
    throw unreadable(line, message ?? 'is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(line, 'is not a JSON object');
  }
  return value;
}

function readCsv(kind: ImportKind, text: string): Row[] {
  const [heading, ...records] = parseRecords(text);
  if (!heading) return [];
  const names = checkHeadings(kind, heading.record);
  const separate = new Set<string>(headings[kind].lists);
  return records.map(({ record, info }) => ({
    line: info.lines - lineBreaks(record),
    fields: toFields(names, record, separate),
  }));
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseRecords(text: string): CsvRecord[] {
  const [first = ''] = text.split(/\r?\n/, 1);
  try {
    return parse(text, {
      delimiter: first.includes(';') && !first.includes(',') ? ';' : ',',
      info: true,
      skip_empty_lines: true,
      max_record_size: longestRow,
      to: maxRows + 2,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(Number(error.lines ?? 1), reasons[error.code] ?? 'is not valid CSV');
  }
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted cell that starts before it is never closed',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'has another number of cells than the heading',
  CSV_MAX_RECORD_SIZE: `is longer than ${longestRow} characters`,
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote',
  INVALID_OPENING_QUOTE: 'has a quote inside an unquoted cell',
};

const lineBreaks = (record: readonly string[]) => record.join('').match(/\r\n|\r|\n/g)?.length ?? 0;

function checkHeadings(kind: ImportKind, given: readonly string[]): string[] {
  const { required, optional, lists } = headings[kind];
  const known = new Map([...required, ...optional, ...lists].map((name) => [name.toLowerCase(), name]));
  const names = given.map((cell) => {
    const name = cell.trim();
    if (kind === 'people' && name.startsWith(attributePrefix)) return attributeHeading(name);
    return known.get(name.toLowerCase()) ?? wrongHeading(name);
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw unreadable(1, `the heading ${twice.slice(0, 60)} is given twice`);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw unreadable(1, `the headings ${missing.join(', ')} are missing`);
  return names;
}

function attributeHeading(name: string): string {
  if (attributeName.test(name.slice(attributePrefix.length))) return name;
  throw unreadable(1, `${JSON.stringify(name.slice(0, 60))} does not name an attribute`);
}

function wrongHeading(name: string): never {
  throw unreadable(1, `${JSON.stringify(name.slice(0, 60))} is not a heading`);
}

/** An empty cell is an absent field; several values in a cell are parted by `|`. */
function toFields(names: readonly string[], cells: readonly string[], lists: ReadonlySet<string>): unknown {
  const fields: Record<string, unknown> = {};
  const attributes: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const cell = cells[index] ?? '';
    if (cell.trim() === '') continue;
    if (name.startsWith(attributePrefix)) attributes[name.slice(attributePrefix.length)] = cell;
    else fields[name] = lists.has(name) ? cell.split('|') : cell;
  }
  return Object.keys(attributes).length > 0 ? { ...fields, attributes } : fields;
}
