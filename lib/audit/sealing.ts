import { anchorDueKey, type Key, sealKey, sealPartKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { treeOf } from './merkle.ts';
import { partHash, type Seal, type SealPart, type StoredPart, type StoredSeal, sealHash } from './seal.ts';

/** An entry that was written, as the table's stream brought it. */
export interface Arrived {
  readonly nodeId: string;
  readonly id: string;
  readonly hash: string;
}

/** Where the chains stand: of the root, and of each node that something arrived of. */
export interface Heads {
  readonly rootId: string;
  readonly seal: Pick<Seal, 'seq' | 'at' | 'hash'> | undefined;
  readonly parts: ReadonlyMap<string, Pick<SealPart, 'number' | 'first' | 'rows' | 'hash'> | undefined>;
}

/** Entries of one node in one seal: a head is read with its entries. */
export const rowsOfPart = 100;
/** Parts of one seal: a transaction has 100 writes, and a seal is no larger than a page of others. */
export const partsOfSeal = 40;

const nameOf = ({ nodeId, id }: Arrived) => `${nodeId} ${id}`;

/** What is new of what arrived: an entry that came twice, or that its node's last part holds already, is sealed once. */
export function fresh(arrived: readonly Arrived[], { parts }: Heads): Arrived[] {
  const held = ({ nodeId, id }: Arrived) => parts.get(nodeId)?.rows.some(([sealed]) => sealed === id);
  const once = new Map(arrived.map((one) => [nameOf(one), one] as const));
  return [...once.values()].filter((one) => !held(one));
}

/** By node, in the order of ids: as much as one seal has place for. */
function chosenOf(rows: readonly Arrived[]): [string, Arrived[]][] {
  const inOrder = rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const nodes = [...Map.groupBy(inOrder, ({ nodeId }) => nodeId)].slice(0, partsOfSeal);
  return nodes.map(([nodeId, own]) => [nodeId, own.slice(0, rowsOfPart)]);
}

/**
 * The next seal over entries that no seal holds, and which of them have no place in it. Times of a chain never go back,
 * so that a day that is over stays as it is.
 */
export function sealNext(
  rows: readonly Arrived[],
  heads: Heads,
  now: string,
): { seal: StoredSeal; parts: StoredPart[]; left: Arrived[] } {
  const { rootId, seal: last } = heads;
  const seq = (last?.seq ?? 0) + 1;
  const at = last && last.at > now ? last.at : now;
  const chosen = chosenOf(rows);
  const parts = chosen.map(([nodeId, own]): StoredPart => {
    const before = heads.parts.get(nodeId);
    const open = {
      nodeId,
      number: (before?.number ?? 0) + 1,
      first: (before?.first ?? 1) + (before?.rows.length ?? 0),
      prev: before?.hash ?? '',
      rows: own.map(({ id, hash }): [string, string] => [id, hash]),
    };
    return { ...open, hash: partHash(open, { rootId, seq }), rootId, seq, at };
  });
  const open = { rootId, seq, at, prev: last?.hash ?? '', tree: treeOf(parts.map(({ hash }) => hash)) };
  const nodes = parts.map(({ nodeId, number, hash }) => ({ id: nodeId, number, hash }));
  const taken = new Set(chosen.flatMap(([, own]) => own.map(nameOf)));
  return {
    seal: { ...open, hash: sealHash(open), nodes },
    parts,
    left: rows.filter((one) => !taken.has(nameOf(one))),
  };
}

/** Where the chains stand after a seal. */
export const headsAfter = (
  heads: Heads,
  made: { seal: StoredSeal; parts: readonly StoredPart[] },
): Heads => ({
  ...heads,
  seal: made.seal,
  parts: new Map([...heads.parts, ...made.parts.map((part) => [part.nodeId, part] as const)]),
});

const day = (at: string) => at.slice(0, 10);

/** A seal and its parts as they are written, once: two who seal at once cannot both follow the same seal. */
export function sealWrites(
  { seal, parts }: { seal: StoredSeal; parts: readonly StoredPart[] },
  last: Heads['seal'],
): Write[] {
  const create = (key: Key, item: object): Write => ({ do: 'create', item: { ...key, ...item } });
  const rows = parts.reduce((sum, part) => sum + part.rows.length, 0);
  const due = { day: day(seal.at), rootId: seal.rootId };
  return [
    create(sealKey(seal.rootId, seal.seq), { kind: 'seal', ...seal, count: rows }),
    ...parts.map((part) => create(sealPartKey(part.nodeId, part.number), { kind: 'sealPart', ...part })),
    ...(last && day(last.at) === day(seal.at)
      ? []
      : [create(anchorDueKey(due), { kind: 'anchorDue', ...due, from: seal.seq })]),
  ];
}
