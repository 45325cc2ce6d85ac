import { tenantOf } from '../kit/keys.ts';
import { nodeOf } from './entry.ts';
import { rowHash, toRow } from './row.ts';
import type { Arrived } from './sealing.ts';

type Item = Readonly<Record<string, unknown>>;

/** An entry as it was written, and the root of whose chain it becomes part. */
export function arrivedOf(item: Item): Arrived & { readonly rootId: string } {
  const nodeId = nodeOf({ PK: String(item.PK) });
  const rootId = item.G1 === undefined ? nodeId : tenantOf({ PK: String(item.G1) });
  return { nodeId, rootId, id: String(item.id), hash: rowHash(toRow(item)) };
}
