import { gunzipSync, gzipSync } from 'node:zlib';
import { importChunkKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';
import type { Row } from './file.ts';

/** Bytes of rows in one chunk, before they are packed: below an item's 400 KB even where nothing packs. */
const fullest = 350_000;

/** Rows in portions that each fit into one item. */
export function portions(rows: readonly Row[]): Row[][] {
  const out: Row[][] = [];
  let room = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (size > room) {
      out.push([]);
      room = fullest;
    }
    out.at(-1)?.push(row);
    room -= size;
  }
  return out;
}

/** A portion as it waits: compressed, so that a whole file fits into one transaction. Lapses by itself if left over. */
export function chunkItem(
  at: { providerId: string; operationId: string; chunk: number },
  rows: readonly Row[],
  expiresAt: number,
): Item {
  return {
    ...importChunkKey(at.providerId, at.operationId, at.chunk),
    kind: 'importChunk',
    rows: gzipSync(JSON.stringify(rows)),
    expiresAt,
  };
}

/** The rows of a stored portion. */
export function unpack(item: Readonly<Record<string, unknown>>): Row[] {
  if (!(item.rows instanceof Uint8Array)) throw new TypeError('A chunk holds packed rows');
  return JSON.parse(gunzipSync(item.rows).toString('utf8')) as Row[];
}
