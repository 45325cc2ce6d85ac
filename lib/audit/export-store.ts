import { getAll, type Page, page, positionOf } from '../aws/db.ts';
import { readingAcross } from '../aws/vouch-rows.ts';
import {
  type Key,
  nodeKey,
  partition,
  sealKey,
  sealPartKey,
  sealPartPrefix,
  sealPrefix,
  tenantOf,
} from '../kit/keys.ts';
import { type StoredPart, type StoredSeal, toPart, toSeal } from './seal.ts';

type Item = Readonly<Record<string, unknown>>;

/** Where a page begins, and how much of it there may be. */
export interface Turn {
  readonly after: string | undefined;
  readonly limit: number;
}

export interface SealPage {
  readonly seals: readonly StoredSeal[];
  readonly parts: readonly StoredPart[];
  readonly next: string | null;
}

// A batch of reads has a hundred keys, a reply 6 MB.
const partsOfPage = 100;
const mostBytes = 4_000_000;

const ranged = (tenantId: string, prefix: string, turn: Turn) =>
  page({ partition: partition(tenantId, 'SEAL'), prefix, ...turn, consistent: true });

/** Seals over a tree, oldest first, with all their parts. */
export async function sealsOfTree(rootId: string, turn: Turn): Promise<SealPage> {
  const { items, next } = await ranged(rootId, sealPrefix, turn);
  const all = items.map(toSeal);
  let held = 0;
  const fitting = all.findIndex(({ nodes }, index) => {
    held += nodes.length;
    return index > 0 && held > partsOfPage;
  });
  const seals = fitting < 0 ? all : all.slice(0, fitting);
  const parts = await partsSeen(seals, items);
  return { seals, parts, next: fitting < 0 ? next : positionOf({}, items[fitting - 1] ?? {}) };
}

// Of tenants that the root's own seals name.
async function partsSeen(seals: readonly StoredSeal[], items: readonly Item[]): Promise<StoredPart[]> {
  const keys = seals.flatMap(({ nodes }, at) =>
    nodes.map(({ id, number }) => ({ row: items[at] ?? {}, tenant: id, key: sealPartKey(id, number) })),
  );
  const found = await readingAcross(keys, (some) =>
    getAll(
      some.map(({ key }) => key),
      true,
    ),
  );
  return found.flatMap((item) => (item ? [toPart(item)] : []));
}

/** Seals that hold something of one node, oldest first, with that. */
export async function sealsOfNode(nodeId: string, turn: Turn): Promise<SealPage> {
  const { items, next } = await ranged(nodeId, sealPartPrefix, turn);
  const parts = items.map(toPart);
  const keys = parts.map(({ rootId, seq }, at) => ({
    ...{ row: items[at] ?? {}, tenant: rootId, key: sealKey(rootId, seq) },
  }));
  const found = await readingAcross(keys, (some) =>
    getAll(
      some.map(({ key }) => key),
      true,
    ),
  );
  return { seals: found.flatMap((item) => (item ? [toSeal(item)] : [])), parts, next };
}

/** As many of a page's entries as a reply holds. */
function fitting(range: { index?: 'tree' }, placed: readonly Item[], read: Page, entries: readonly Item[]) {
  let bytes = 0;
  const end = entries.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return index > 0 && bytes > mostBytes;
  });
  if (end < 0) return { entries, next: read.next };
  return { entries: entries.slice(0, end), next: positionOf(range, placed[end - 1] ?? {}) };
}

/** Entries of one node's record, whole, oldest first. */
export async function entriesInOrder(nodeId: string, turn: Turn) {
  const read = await page({ partition: partition(nodeId, 'AUDIT'), ...turn, consistent: true });
  return fitting({}, read.items, read, read.items);
}

/** Entries of a whole tree, oldest first. */
export async function entriesInOrderBelow(rootId: string, turn: Turn) {
  const index = 'tree';
  const read = await page({ index, partition: partition(rootId, 'AUDIT'), ...turn });
  const rows = read.items.map((row) => ({ row, tenant: tenantOf(row as unknown as Key) }));
  const found = await readingAcross(rows, (some) =>
    getAll(
      some.map(({ row }) => row as unknown as Key),
      true,
    ),
  );
  const there = read.items.flatMap((place, at) => (found[at] ? [{ place, entry: found[at] }] : []));
  return fitting(
    { index },
    there.map(({ place }) => place),
    read,
    there.map(({ entry }) => entry),
  );
}

/** A node's profile: whose it is. */
export const profileOf = async (nodeId: string): Promise<Item | undefined> =>
  (await getAll([nodeKey(nodeId)]))[0];

/** A page of the seals of a root, or of those that hold something of a node, newest first. */
export async function newestSeals(tenantId: string, whole: boolean, turn: Turn) {
  const prefix = whole ? sealPrefix : sealPartPrefix;
  return page({ partition: partition(tenantId, 'SEAL'), prefix, ...turn, backwards: true });
}
