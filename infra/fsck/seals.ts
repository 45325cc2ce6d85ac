import { arrivedOf } from '../../lib/audit/arrived.ts';
import { changeOf, type Sealed } from '../../lib/audit/change.ts';
import { treeOf } from '../../lib/audit/merkle.ts';
import { foundRow, rowHash } from '../../lib/audit/row.ts';
import {
  partHash,
  type StoredPart,
  type StoredSeal,
  sealHash,
  toPart,
  toSeal,
} from '../../lib/audit/seal.ts';
import { sealName } from '../../lib/audit/verify-seals.ts';
import { balance, type Check, covered, placeOf, type Stored, type Tell, type Watch } from './check.ts';

const entryName = (nodeId: string, id: string, hash: string) => `${nodeId} ${id} ${hash}`;
const partName = (nodeId: string, number: number, hash: string) => `${nodeId} ${number} ${hash}`;
const chainOf = ({ kind }: Stored, { PK }: Stored) => `${kind} ${PK}`;

/** A link of a chain, of seals or of one node's parts: where it begins and ends. */
interface Link {
  readonly begin: string;
  readonly end: string;
  readonly number: number;
}

function sealLink(chain: string, one: StoredSeal): Link {
  return {
    begin: `${chain} ${one.seq - 1} ${one.prev}`,
    end: `${chain} ${one.seq} ${one.hash}`,
    number: one.seq,
  };
}

function partLink(chain: string, one: StoredPart): Link {
  const { number, prev, hash, first, rows } = one;
  return {
    begin: `${chain} ${number - 1} ${prev} ${first}`,
    end: `${chain} ${number} ${hash} ${first + rows.length}`,
    number,
  };
}

const genesis = (chain: string) => `${chain} 0 ${chain.startsWith('sealPart') ? ' 1' : ''}`;

/**
 * Sealed entries are what was sealed, and there; seals and their parts are chains. How much of a record is sealed is
 * compared by sums, so that no record is held; only what they suspect is looked at by itself.
 */
export const seals: Check = (_known, tell) => {
  const entries = covered();
  const parts = covered(2 ** 22);
  const links = balance();
  const heads = new Map<string, Link>();
  const follow = (chain: string, link: Link) => {
    links.put(link.begin, -1);
    links.put(link.end, 1);
    const head = heads.get(chain);
    if (!head || head.number < link.number) heads.set(chain, link);
  };
  const seeSeal = (item: Stored) => {
    const one = toSeal(item);
    const { nodes, tree } = one;
    const sound = sealHash(one) === one.hash && treeOf(nodes.map(({ hash }) => hash)) === tree;
    if (!sound) tell(placeOf(item), 'it does not hash to what it says');
    for (const { id, number, hash } of nodes) parts.need(partName(id, number, hash));
    follow(chainOf(item, item), sealLink(chainOf(item, item), one));
  };
  const seePart = (item: Stored) => {
    const one = toPart(item);
    const { nodeId, number, hash, rows } = one;
    if (partHash(one, one) !== hash) tell(placeOf(item), 'it does not hash to what it says');
    parts.have(partName(nodeId, number, hash));
    for (const [id, row] of rows) entries.need(entryName(nodeId, id, row));
    follow(chainOf(item, item), partLink(chainOf(item, item), one));
  };
  const read: Readonly<Record<string, (item: Stored) => void>> = {
    seal: seeSeal,
    sealPart: seePart,
    audit: (item) => {
      const { nodeId, id, hash } = arrivedOf(item);
      entries.have(entryName(nodeId, id, hash));
    },
  };
  return {
    see: (item) => {
      try {
        read[String(item.kind)]?.(item);
      } catch {
        tell(placeOf(item), 'it cannot be read');
      }
    },
    end: () => {
      for (const [chain, { end }] of heads) {
        links.put(genesis(chain), 1);
        links.put(end, -1);
      }
    },
    again: () => {
      if (entries.isWhole() && parts.isWhole() && links.isEven()) return undefined;
      return suspects({ entries, parts, links }, tell);
    },
  };
};

/** What cannot be read was told of when it was seen first. */
const readable =
  (see: (item: Stored) => void) =>
  (item: Stored): void => {
    try {
      see(item);
    } catch {}
  };

interface Sums {
  readonly entries: ReturnType<typeof covered>;
  readonly parts: ReturnType<typeof covered>;
  readonly links: ReturnType<typeof balance>;
}

/** What the sums suspect: gathered in one pass, compared with what is there in the next. */
function suspects({ entries, parts, links }: Sums, tell: Tell): Watch {
  const wanted = new Map<string, Sealed>();
  const lost = new Map<string, string>();
  return {
    see: readable((item) => {
      if (item.kind === 'sealPart') {
        const { nodeId, rows, seq, rootId } = toPart(item);
        for (const [id, hash] of rows)
          if (entries.isSuspect(entryName(nodeId, id, hash)))
            wanted.set(`${nodeId} ${id}`, { hash, seal: sealName({ rootId, seq }) });
        const { begin } = partLink(chainOf(item, item), toPart(item));
        if (links.isSuspect(begin))
          tell(placeOf(item), 'the part before is not the one that it was linked to');
      } else if (item.kind === 'seal') {
        const one = toSeal(item);
        for (const { id, number, hash } of one.nodes)
          if (parts.isSuspect(partName(id, number, hash)))
            lost.set(partName(id, number, hash), placeOf(item));
        const { begin } = sealLink(chainOf(item, item), one);
        if (links.isSuspect(begin))
          tell(placeOf(item), 'the seal before is not the one that it was linked to');
      }
    }),
    again: () => compared(wanted, lost, tell),
  };
}

function compared(wanted: Map<string, Sealed>, lost: Map<string, string>, tell: Tell): Watch {
  return {
    see: readable((item) => {
      if (item.kind === 'sealPart') {
        const { nodeId, number, hash } = toPart(item);
        lost.delete(partName(nodeId, number, hash));
      }
      if (item.kind !== 'audit') return;
      const row = foundRow(item);
      const name = `${row.entry.nodeId} ${row.entry.id}`;
      const sealed = wanted.get(name);
      const change = sealed && changeOf(sealed, rowHash(row));
      if (change) tell(placeOf(item), change);
      wanted.delete(name);
    }),
    end: () => {
      for (const [entry, sealed] of wanted) tell(entry, String(changeOf(sealed, undefined)));
      for (const [part, where] of lost)
        tell(where, `its part ${part.split(' ').slice(0, 2).join(' number ')} is not there`);
    },
  };
}
