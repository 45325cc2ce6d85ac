import { canonical, digest } from '../kit/digest.ts';
import type { Anchor } from './lines.ts';
import type { StoredSeal } from './seal.ts';

/** The name of a node in the anchor of a day: who does not know the node learns nothing of it, not even from day to day. */
export const nodeName = (day: string, nodeId: string): string => digest('node-of-day/1', day, nodeId);

/** Seals of one day, in their order, as they are anchored. The same seals give the same text. */
export function anchorOf(day: string, seals: readonly [StoredSeal, ...StoredSeal[]]): Anchor {
  const [{ rootId, seq, prev }] = seals;
  const nodes = new Map(
    seals.flatMap((one) => one.nodes.map(({ id, hash }) => [nodeName(day, id), hash] as const)),
  );
  return {
    ...({ kind: 'anchor', version: 1 } as const),
    ...{ rootId, day, from: seq, prev },
    seals: seals.map(({ hash }) => hash),
    nodes: Object.fromEntries(nodes),
  };
}

export const anchorText = (anchor: Anchor): string => canonical(anchor);

/** Where the anchor of a day lies in the bucket. */
export const anchorPlace = (rootId: string, day: string): string => `anchors/${rootId}/${day}.json`;
