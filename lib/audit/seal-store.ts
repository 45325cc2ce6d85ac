import { randomUUID } from 'node:crypto';
import { commit, each, getAll, page } from '../aws/db.ts';
import { partition, sealKey, sealPartKey, sealPartPrefix, sealPrefix } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { type StoredPart, type StoredSeal, toPart, toSeal } from './seal.ts';
import type { Heads } from './sealing.ts';

async function newest(tenantId: string, prefix: string): Promise<Record<string, unknown> | undefined> {
  const range = { partition: partition(tenantId, 'SEAL'), prefix, limit: 1, backwards: true } as const;
  return (await page({ ...range, consistent: true })).items[0];
}

/** Where the chains of a root and of some nodes stand. */
export async function headsOf(rootId: string, nodeIds: readonly string[]): Promise<Heads> {
  const [seal, ...parts] = await Promise.all([
    newest(rootId, sealPrefix),
    ...nodeIds.map((id) => newest(id, sealPartPrefix)),
  ]);
  return {
    rootId,
    seal: seal && toSeal(seal),
    parts: new Map(nodeIds.map((id, index) => [id, parts[index] && toPart(parts[index])])),
  };
}

/** Writes a seal whole. @throws LostRace where another was first. */
export const writeSeal = (writes: readonly Write[], deadline: number): Promise<void> =>
  commit(writes, randomUUID(), deadline);

/** Seals of a root from one on, oldest first. */
export async function* sealsFrom(rootId: string, from: number): AsyncGenerator<StoredSeal> {
  const own = partition(rootId, 'SEAL');
  const range = { from: sealKey(rootId, from).SK, to: `${sealPrefix}~`, limit: 200, consistent: true };
  for await (const item of each({ partition: own, ...range })) yield toSeal(item);
}

/** The parts that some seals hold, in their order; one that is gone is left out. */
export async function partsOf(seals: readonly StoredSeal[]): Promise<StoredPart[]> {
  const keys = seals.flatMap(({ nodes }) => nodes.map(({ id, number }) => sealPartKey(id, number)));
  return (await getAll(keys, true)).flatMap((item) => (item ? [toPart(item)] : []));
}
