import { idTime } from '../kit/id.ts';
import type { RowLine } from './lines.ts';
import { rowHash } from './row.ts';
import { type Exported, youngMs } from './verify.ts';
import { sealName } from './verify-seals.ts';

type Tell = (where: string, what: string) => void;

const placeOf = (nodeId: string, id: string) => `${nodeId} entry ${id}`;
const nameOf = ({ entry }: RowLine) => placeOf(entry.nodeId, entry.id);

interface Sealed {
  readonly hash: string;
  readonly seal: string;
}

/** Each entry is what was sealed, each that was sealed is there, and none beside; answers how many are too young to tell. */
export function verifyEntries({ head, seals, rows }: Exported, tell: Tell): number {
  const sealed = sealedOf(seals);
  const byHash = new Map([...sealed].flatMap(([name, all]) => all.map(({ hash }) => [hash, name] as const)));
  const seen = new Set<string>();
  let young = 0;
  let before = '';
  for (const row of rows) {
    const name = nameOf(row);
    if (seen.has(name)) tell(name, 'it stands there twice');
    else if (row.entry.id < before) tell(name, `it was reordered: it stands behind ${before}`);
    before = row.entry.id > before ? row.entry.id : before;
    seen.add(name);
    const known = sealed.get(name);
    if (!known) {
      if (isYoung(row.entry.id, head.at)) young++;
      else tell(name, 'it was added: it is in no seal, and is too old not to be');
    } else compare(row, known, { byHash, tell });
  }
  for (const [name, [one]] of sealed) {
    if (!seen.has(name)) tell(name, `it was deleted: it stands in ${one?.seal}`);
  }
  return young;
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

const isYoung = (id: string, exportedAt: string) => idTime(id) > Date.parse(exportedAt) - youngMs;

function compare(
  { entry, unseen }: RowLine,
  known: readonly Sealed[],
  { byHash, tell }: { byHash: ReadonlyMap<string, string>; tell: Tell },
): void {
  if (unseen === null) return;
  const name = placeOf(entry.nodeId, entry.id);
  const hash = rowHash({ entry, unseen });
  for (const one of known) {
    if (one.hash === hash) continue;
    const other = byHash.get(hash);
    const what = other ? `it was overwritten with ${other}` : 'it was overwritten';
    tell(name, `${what}: it is not what ${one.seal} holds`);
  }
}
