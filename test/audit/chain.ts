import { arrivedOf } from '../../lib/audit/arrived.ts';
import { headOf, rowLineOf, sealLineOf } from '../../lib/audit/export.ts';
import type { ExportLine } from '../../lib/audit/lines.ts';
import { treeOf } from '../../lib/audit/merkle.ts';
import { partHash, type StoredPart, type StoredSeal, sealHash } from '../../lib/audit/seal.ts';
import { type Heads, headsAfter, sealNext } from '../../lib/audit/sealing.ts';
import { idBound } from '../../lib/kit/id.ts';
import { auditKey, rootEntry } from '../../lib/kit/keys.ts';

type Item = Record<string, unknown>;

/** A tree's record and its seals, as a table holds them, without a table. */
export interface Chain {
  readonly rootId: string;
  rows: Item[];
  seals: StoredSeal[];
  parts: StoredPart[];
  heads: Heads;
}

export const rootId = `prv_${'0'.repeat(25)}1`;
export const nodeIds = [rootId, `cus_${'0'.repeat(25)}2`, `cus_${'0'.repeat(25)}3`];
const begun = Date.parse('2026-01-01T00:00:00.000Z');
export const minute = 60_000;
export const at = (minutes: number) => new Date(begun + minutes * minute).toISOString();

export const emptyChain = (root = rootId): Chain => ({
  rootId: root,
  rows: [],
  seals: [],
  parts: [],
  heads: { rootId: root, seal: undefined, parts: new Map() },
});

/** An entry of a node, done in a minute; `nth` tells those of one minute apart. */
export function entryAt(nodeId: string, minutes: number, nth = 0): Item {
  const id = `${idBound('audit', begun + minutes * minute, 'first').slice(0, -4)}${String(nth).padStart(4, '0')}`;
  return {
    ...auditKey(nodeId, id),
    ...rootEntry(rootId, 'AUDIT', id),
    ...{ kind: 'audit', id, at: at(minutes), action: 'customers.change', subject: nodeId },
    actor: { id: 'per_1', kind: 'person', home: rootId },
    ...{ path: `plt/${rootId}/${nodeId}`, requestId: `r${nth}`, after: { city: `Graz ${nth}` } },
    ev: nth % 2 ? undefined : `[{"id":"evt_${nth}","type":"customers.changed.v1","data":{"n":${nth}}}]`,
  };
}

/** Writes entries and seals them in a minute. */
export function sealAt(chain: Chain, rows: Item[], minutes: number): void {
  chain.rows.push(...rows);
  let left = rows.map(arrivedOf).map(({ rootId: _, ...one }) => one);
  while (left.length > 0) {
    const made = sealNext(left, chain.heads, at(minutes));
    chain.seals.push(made.seal);
    chain.parts.push(...made.parts);
    chain.heads = headsAfter(chain.heads, made);
    left = made.left;
  }
}

/** All seals and parts made anew over what stands there: what somebody can do who may write the table. */
export function reseal(chain: Chain): void {
  const heads = new Map<string, StoredPart>();
  let prev = '';
  chain.seals = chain.seals.map((seal) => {
    const own = chain.parts.filter(({ seq }) => seq === seal.seq);
    const made = own.map((part) => {
      const before = heads.get(part.nodeId);
      const open = {
        ...part,
        number: (before?.number ?? 0) + 1,
        first: (before?.first ?? 1) + (before?.rows.length ?? 0),
        prev: before?.hash ?? '',
      };
      const fresh = { ...open, hash: partHash(open, seal) };
      heads.set(part.nodeId, fresh);
      return fresh;
    });
    chain.parts = [...chain.parts.filter(({ seq }) => seq !== seal.seq), ...made];
    const open = { ...seal, prev, tree: treeOf(made.map(({ hash }) => hash)) };
    const nodes = made.map(({ nodeId, number, hash }) => ({ id: nodeId, number, hash }));
    const fresh = { ...open, nodes, hash: sealHash(open) };
    prev = fresh.hash;
    return fresh;
  });
}

const byId = (a: Item, b: Item) => (String(a.id) < String(b.id) ? -1 : 1);

/** The export of the whole tree, or of one node. */
export function exportOf(chain: Chain, exportedAt: string, nodeId?: string): ExportLine[] {
  const whole = nodeId === undefined;
  const concerned = (part: { nodeId: string }) => whole || part.nodeId === nodeId;
  const seals = chain.seals
    .map((seal) => sealLineOf(seal, chain.parts.filter(concerned)))
    .filter(({ parts }) => whole || parts.length > 0);
  const rows = chain.rows.filter(({ subject }) => whole || subject === nodeId).sort(byId);
  const entries = rows.map((row) => rowLineOf(row, undefined));
  // What travels is JSON.
  return JSON.parse(JSON.stringify([headOf(nodeId ?? rootId, whole, exportedAt), ...seals, ...entries]));
}
