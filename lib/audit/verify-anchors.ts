import { nodeName } from './anchor.ts';
import type { Anchor, SealLine } from './lines.ts';
import type { Exported } from './verify.ts';
import { sealName } from './verify-seals.ts';

type Tell = (where: string, what: string) => void;

/**
 * Anchors follow each other without a gap, and what they hold of the exported chain is there as they hold it; answers how
 * many seals none of them speaks of.
 */
export function verifyAnchors({ head, seals }: Exported, anchors: readonly Anchor[], tell: Tell): number {
  const sealsOf = Map.groupBy(seals, ({ rootId }) => rootId);
  const anchorsOf = Map.groupBy(anchors, ({ rootId }) => rootId);
  let unanchored = 0;
  for (const [rootId, own] of sealsOf) if (!anchorsOf.has(rootId)) unanchored += own.length;
  for (const [rootId, all] of anchorsOf) {
    const own = new Map((sealsOf.get(rootId) ?? []).map((one) => [one.seq, one]));
    const inOrder = all.toSorted((a, b) => a.from - b.from);
    verifyOrder(inOrder, tell);
    for (const anchor of inOrder) {
      compare(anchor, own, tell);
      if (head.whole && rootId === head.nodeId) verifyWhole(anchor, own, tell);
      if (!head.whole) verifyNode(anchor, { nodeId: head.nodeId, seals: [...own.values()] }, tell);
    }
    const [first] = inOrder;
    const [from, to] = [first?.from ?? 1, endOf(inOrder.at(-1))];
    unanchored += [...own.keys()].filter((seq) => seq < from || seq > to).length;
  }
  return unanchored;
}

const endOf = (anchor: Anchor | undefined) => (anchor ? anchor.from + anchor.seals.length - 1 : 0);
const nameOf = ({ rootId, day }: Anchor) => `${rootId} anchor of ${day}`;

function verifyOrder(anchors: readonly Anchor[], tell: Tell): void {
  for (const [index, one] of anchors.entries()) {
    const before = anchors[index - 1];
    if (!before) continue;
    if (one.from !== endOf(before) + 1)
      tell(nameOf(one), `an anchor is missing before it: of seals ${endOf(before) + 1} to ${one.from - 1}`);
    else if (one.prev !== before.seals.at(-1)) tell(nameOf(one), `it follows another ${nameOf(before)}`);
  }
}

function compare(anchor: Anchor, own: ReadonlyMap<number, SealLine>, tell: Tell): void {
  for (const [index, hash] of anchor.seals.entries()) {
    const seal = own.get(anchor.from + index);
    if (seal && seal.hash !== hash)
      tell(sealName(seal), `it was made anew: the ${nameOf(anchor)} holds another`);
  }
}

function verifyWhole(anchor: Anchor, own: ReadonlyMap<number, SealLine>, tell: Tell): void {
  for (const [index] of anchor.seals.entries()) {
    const seq = anchor.from + index;
    if (!own.has(seq))
      tell(sealName({ rootId: anchor.rootId, seq }), `it is missing: the ${nameOf(anchor)} holds it`);
  }
}

/** The last part that a day's anchor holds of a node must be there. */
function verifyNode(
  anchor: Anchor,
  { nodeId, seals }: { nodeId: string; seals: readonly SealLine[] },
  tell: Tell,
): void {
  const last = anchor.nodes[nodeName(anchor.day, nodeId)];
  if (last === undefined) return;
  const held = seals.some(({ parts }) => parts.some(({ hash }) => hash === last));
  if (!held)
    tell(nodeId, `what was sealed of it last on ${anchor.day} is missing: the ${nameOf(anchor)} holds it`);
}
