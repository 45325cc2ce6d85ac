import * as z from 'zod';
import { digest } from '../kit/digest.ts';

const count = z.int().min(1);
const hash = z.string();

/** One seal: a link of the chain of a tree's root. */
export const seal = z.strictObject({
  rootId: z.string().describe('The provider whose chain it is, or a customer without one'),
  seq: count.describe('Counts the seals of the chain from 1'),
  at: z.string(),
  prev: hash.describe('`hash` of the seal before; empty in the first'),
  tree: hash.describe('Root of the Merkle tree over its parts, in the order of their nodes’ ids'),
  hash,
});
export type Seal = z.infer<typeof seal>;

/** What one seal holds of one node’s record: a link of the node’s own chain, which nobody else sees. */
export const sealPart = z.strictObject({
  nodeId: z.string(),
  number: count.describe('Counts the node’s parts from 1'),
  first: count.describe('Number of its first entry among all of the node that were sealed'),
  prev: hash.describe('`hash` of the node’s part before; empty in the first'),
  rows: z
    .array(z.tuple([z.string(), hash]))
    .describe('Entries in the order of their ids, each with its hash'),
  hash,
});
export type SealPart = z.infer<typeof sealPart>;

/** Which parts a seal holds: as it is stored. */
export interface StoredSeal extends Seal {
  readonly nodes: readonly { readonly id: string; readonly number: number; readonly hash: string }[];
}
export interface StoredPart extends SealPart {
  readonly rootId: string;
  readonly seq: number;
  readonly at: string;
}

/** The hash of a part, bound to its place in its own chain and in its root’s. */
export function partHash(part: Omit<SealPart, 'hash'>, at: Pick<Seal, 'rootId' | 'seq'>): string {
  const { nodeId, number, first, prev, rows } = part;
  return digest('part/1', at.rootId, at.seq, nodeId, number, first, prev, rows);
}

export const sealHash = ({ rootId, seq, at, prev, tree }: Omit<Seal, 'hash'>): string =>
  digest('seal/1', rootId, seq, at, prev, tree);

const storedSeal = seal.extend({
  nodes: z.array(z.object({ id: z.string(), number: count, hash })),
});
const storedPart = sealPart.extend({ rootId: z.string(), seq: count, at: z.string() });

export const toSeal = (item: Readonly<Record<string, unknown>>): StoredSeal => storedSeal.strip().parse(item);
export const toPart = (item: Readonly<Record<string, unknown>>): StoredPart => storedPart.strip().parse(item);
