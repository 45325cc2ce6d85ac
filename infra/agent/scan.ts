import { existsSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { parse } from 'csv-parse/sync';
import { type Thing, type Type, types } from './inventory.ts';

/** Where an agent looks. */
export interface Sources {
  /** A CSV file with the columns `type`, `externalId` and `name`. */
  readonly inventory?: string | undefined;
  /** This host's own interfaces, and the ports on which something listens on loopback. */
  readonly live?: boolean | undefined;
}

/** Looks at all sources. A source that cannot be read throws: what was not seen is not gone. */
export function scan({ inventory, live }: Sources, say: (line: string) => void): Thing[] {
  const found = [...(inventory === undefined ? [] : readInventory(inventory, say)), ...(live ? look() : [])];
  return [...new Map(found.map((one) => [`${one.type} ${one.externalId}`, one])).values()];
}

interface Row {
  readonly info: { readonly lines: number };
  readonly record: Partial<Record<'type' | 'externalId' | 'name', string>>;
}

const columns = ['type', 'externalId', 'name'];

/** Things of a CSV file; a row that the API would refuse is told and left out. */
function readInventory(file: string, say: (line: string) => void): Thing[] {
  const rows: Row[] = parse(readFileSync(file, 'utf8'), {
    columns: (head: string[]) => {
      const missing = columns.filter((one) => !head.includes(one));
      if (missing.length > 0) throw new Error(`${file} has no column ${missing.join(', ')}`);
      return head;
    },
    ...{ bom: true, trim: true, skip_empty_lines: true, info: true },
  });
  return rows.flatMap(({ info, record }) => {
    const { type = '' } = record;
    const externalId = clean(record.externalId);
    const name = clean(record.name);
    const wrong = !types.includes(type as Type)
      ? `type is none of ${types.join(', ')}`
      : (wrongText('externalId', externalId) ?? wrongText('name', name));
    if (wrong !== undefined) say(`${file}, line ${info.lines}: ${wrong}; the row is left out`);
    return wrong === undefined ? [{ type: type as Type, externalId, name }] : [];
  });
}

const clean = (text = '') => text.normalize('NFC').trim();

function wrongText(field: string, text: string): string | undefined {
  if (text === '' || text.length > 200) return `${field} must have 1 to 200 characters`;
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
    ? `${field} has characters that cannot be seen`
    : undefined;
}

function look(): Thing[] {
  const here = hostname();
  const interfaces = Object.keys(networkInterfaces()).map(
    (one): Thing => ({ type: 'INTERFACE', externalId: `${here}/${one}`, name: `${one} on ${here}` }),
  );
  const ports = loopbackPorts().map(
    (one): Thing => ({ type: 'IP_SWITCH_PORT', externalId: `${here}/${one}`, name: `${one} on ${here}` }),
  );
  return [...interfaces, ...ports];
}

/** TCP ports on which something listens on loopback, as Linux tells them; elsewhere none. */
function loopbackPorts(): string[] {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
  const rows = tables.flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1));
  return [...new Set(rows.flatMap(portOf))].sort();
}

const listening = '0A';

// Addresses are hexadecimal words in the machine's byte order: 0100007F is 127.0.0.1.
function portOf(row: string): string[] {
  const [, local = '', , state] = row.trim().split(/\s+/);
  const [address = '', port = ''] = local.split(':');
  const host = /^.{6}7F$/.test(address) ? '127.0.0.1' : /^0{24}01000000$/.test(address) ? '[::1]' : undefined;
  return state === listening && host ? [`${host}:${Number.parseInt(port, 16)}`] : [];
}
