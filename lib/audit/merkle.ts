import { digest } from '../kit/digest.ts';

/** One step from a leaf to the root: the neighbour's hash, and on which side it stands. */
export interface Step {
  readonly side: 'left' | 'right';
  readonly hash: string;
}

const leafOf = (hash: string) => digest('leaf/1', hash);
const join = (left: string, right: string) => digest('node/1', left, right);

/** The levels of a tree from its leaves up; a last one without a neighbour rises as it is. */
function levelsOf(hashes: readonly string[]): string[][] {
  const levels = [hashes.map(leafOf)];
  for (let level = levels[0] ?? []; level.length > 1; levels.push(level)) {
    const below = level;
    level = below.flatMap((left, index) => {
      if (index % 2) return [];
      const right = below[index + 1];
      return [right === undefined ? left : join(left, right)];
    });
  }
  return levels;
}

/** The root of a Merkle tree over hashes, in their order. */
export const treeOf = (hashes: readonly string[]): string => levelsOf(hashes).at(-1)?.[0] ?? '';

/** What leads from one of the hashes to the root, and tells nothing of the others but that they are there. */
export function proofOf(hashes: readonly string[], index: number): Step[] {
  const steps: Step[] = [];
  let at = index;
  for (const level of levelsOf(hashes).slice(0, -1)) {
    const neighbour = level[at % 2 ? at - 1 : at + 1];
    if (neighbour !== undefined) steps.push({ side: at % 2 ? 'left' : 'right', hash: neighbour });
    at = Math.floor(at / 2);
  }
  return steps;
}

/** The root that a hash and its proof lead to. */
export const climbed = (hash: string, proof: readonly Step[]): string =>
  proof.reduce(
    (below, { side, hash: other }) => (side === 'left' ? join(other, below) : join(below, other)),
    leafOf(hash),
  );
