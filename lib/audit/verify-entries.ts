import { idTime } from '../kit/id.ts';
import { changeOf, type Sealed } from './change.ts';
import type { RowLine } from './lines.ts';
import { rowHash } from './row.ts';
import { type Exported, youngMs } from './verify.ts';
import { sealName } from './verify-seals.ts';

/** How far clocks of two functions may be apart. */
const skewMs = 60_000;
/** As long as the table's stream keeps what it tells: by then an entry is sealed, or was given up and told late. */
const lateMs = 24 * 3_600_000;

type Tell = (where: string, what: string) => void;

const placeOf = (nodeId: string, id: string) => `${nodeId} entry ${id}`;
const nameOf = ({ entry }: RowLine) => placeOf(entry.nodeId, entry.id);

/** What no check decides: how many entries are too young to be sealed, and how many were sealed long after their time. */
export interface Undecided {
  readonly young: number;
  readonly late: number;
}

/** Each entry is what was sealed, each that was sealed is there, and none beside. */
export function verifyEntries({ head, seals, rows }: Exported, tell: Tell): Undecided {
  const sealed = sealedOf(seals);
  const byHash = new Map([...sealed].flatMap(([name, all]) => all.map(({ hash }) => [hash, name] as const)));
  const seen = new Set<string>();
  const madeAt = new Map(seals.map((seal) => [sealName(seal), Date.parse(seal.at)]));
  const newest = Math.max(Date.parse(head.at), ...madeAt.values());
  let [young, late] = [0, 0];
  let before = '';
  for (const row of rows) {
    const name = nameOf(row);
    if (seen.has(name)) tell(name, 'it stands there twice');
    else if (row.entry.id < before) tell(name, `it was reordered: it stands behind ${before}`);
    before = row.entry.id > before ? row.entry.id : before;
    seen.add(name);
    const made = idTime(row.entry.id);
    if (Math.abs(made - Date.parse(row.entry.at)) > skewMs)
      tell(name, 'its id is of another moment than it says');
    if (row.unseen === null && head.whole) tell(name, 'it is shown in part to who may see all');
    const known = sealed.get(name);
    if (!known) {
      if (made > Date.parse(head.at) - youngMs && made <= newest + skewMs) young++;
      else tell(name, 'it was added: it is in no seal, and is too old not to be');
      continue;
    }
    compare(row, known, { byHash, tell });
    const first = Math.min(...known.map(({ seal }) => madeAt.get(seal) ?? newest));
    if (made > first + skewMs) tell(name, 'it was sealed before the moment that its id says');
    if (made < first - lateMs) late++;
  }
  for (const [name, [one]] of sealed) {
    const change = one && !seen.has(name) && changeOf(one, undefined);
    if (change) tell(name, change);
  }
  return { young, late };
}

/** What was sealed by the place of each entry; where its arrival was told twice, it may be in two seals. */
function sealedOf(seals: Exported['seals']): Map<string, Sealed[]> {
  const out = new Map<string, Sealed[]>();
  for (const seal of seals) {
    for (const { nodeId, rows } of seal.parts) {
      for (const [id, hash] of rows) {
        const name = placeOf(nodeId, id);
        out.set(name, [...(out.get(name) ?? []), { hash, seal: sealName(seal) }]);
      }
    }
  }
  return out;
}

function compare(
  { entry, unseen }: RowLine,
  known: readonly Sealed[],
  { byHash, tell }: { byHash: ReadonlyMap<string, string>; tell: Tell },
): void {
  if (unseen === null) return;
  const name = placeOf(entry.nodeId, entry.id);
  const hash = rowHash({ entry, unseen });
  for (const one of known) {
    const change = changeOf(one, hash, byHash.get(hash));
    if (change) tell(name, change);
  }
}
