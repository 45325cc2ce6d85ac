import type { SealLine } from './lines.ts';
import { climbed, treeOf } from './merkle.ts';
import { partHash, sealHash } from './seal.ts';
import type { Exported } from './verify.ts';

type Tell = (where: string, what: string) => void;
type Part = SealLine['parts'][number];
interface Link {
  readonly number: number;
  readonly prev: string;
  readonly hash: string;
}

export const sealName = ({ rootId, seq }: Pick<SealLine, 'rootId' | 'seq'>): string =>
  `${rootId} seal ${seq}`;
const partName = ({ nodeId, number }: Pick<Part, 'nodeId' | 'number'>): string => `${nodeId} part ${number}`;

/** Each seal and each part hashes to what it says, and follows the one before. */
export function verifySeals({ head, seals, begun = false }: Exported, tell: Tell): void {
  for (const one of seals) verifySeal(one, head.whole, tell);
  const roots = Map.groupBy(seals, ({ rootId }) => rootId);
  for (const [rootId, own] of roots) {
    const links = own.map((one) => ({ ...one, number: one.seq }));
    // Who sees one node alone is shown the seals that hold something of it.
    verifyChain(links, (number) => `${rootId} seal ${number}`, { gaps: !head.whole, begun, tell });
  }
  const parts = Map.groupBy(
    seals.flatMap((one) => one.parts),
    ({ nodeId }) => nodeId,
  );
  for (const [nodeId, own] of parts) {
    verifyChain(own, (number) => partName({ nodeId, number }), { gaps: false, begun, tell });
    verifyCounts(own, tell);
  }
}

function verifySeal(one: SealLine, whole: boolean, tell: Tell): void {
  const where = sealName(one);
  if (sealHash(one) !== one.hash) tell(where, 'it was changed: it does not hash to what it says');
  const sound = one.parts.map((part) => {
    const same = partHash(part, one) === part.hash;
    if (!same) tell(partName(part), `it was changed: it does not hash to what it says (${where})`);
    return same;
  });
  if (whole && treeOf(one.parts.map(({ hash }) => hash)) !== one.tree)
    tell(where, 'its parts are not those that it was made of: one was changed, taken out, added or moved');
  for (const [index, part] of one.parts.entries()) {
    if (!whole && sound[index] && climbed(part.hash, part.proof) !== one.tree)
      tell(partName(part), `it is no part of ${where}`);
    const ids = part.rows.map(([id]) => id);
    if (ids.some((id, at) => at > 0 && id <= (ids[at - 1] ?? '')))
      tell(partName(part), `its entries are not in the order of their ids (${where})`);
  }
}

/** Links in the order in which they stand: each number once, from 1 on, each bound to the one before. */
function verifyChain<L extends Link>(
  links: readonly L[],
  nameOf: (number: number) => string,
  { gaps, begun, tell }: { gaps: boolean; begun: boolean; tell: Tell },
): void {
  for (const [index, { number }] of links.entries()) {
    const before = links[index - 1]?.number ?? 0;
    if (number === before) tell(nameOf(number), 'it stands there twice');
    else if (number < before) tell(nameOf(number), `it was reordered: it stands behind ${nameOf(before)}`);
  }
  const inOrder = links.toSorted((a, b) => a.number - b.number);
  let last: L | undefined;
  for (const one of inOrder) {
    if (begun && !last) {
      last = one;
      continue;
    }
    const next = (last?.number ?? 0) + 1;
    if (!gaps && one.number > next)
      tell(
        nameOf(next),
        one.number === next + 1 ? 'it is missing' : `it and all up to ${nameOf(one.number - 1)} are missing`,
      );
    if (one.number === next && one.prev !== (last?.hash ?? ''))
      tell(
        nameOf(one.number),
        next === 1 ? 'it is the first, but follows another' : `it follows another ${nameOf(next - 1)}`,
      );
    last = one;
  }
}

/** The running number of a part's first entry goes on where the part before ended. */
function verifyCounts(parts: readonly Part[], tell: Tell): void {
  const byNumber = new Map(parts.map((one) => [one.number, one]));
  for (const one of parts) {
    const before = byNumber.get(one.number - 1);
    const first = before ? before.first + before.rows.length : 1;
    if ((before || one.number === 1) && one.first !== first)
      tell(partName(one), `its first entry is number ${one.first}, and should be ${first}`);
  }
}
