import { get, getAll, page } from '../aws/db.ts';
import { nodeKey, operationKey, partition, probeCountsKey, rollupKey } from '../kit/keys.ts';
import type { Meter } from '../licensing/meter.ts';
import { metersOf } from '../licensing/store.ts';
import { countedStates, toProbeCounts } from './census.ts';
import { type Present, plus, type Rollup, type Sum, toRollup } from './rollup.ts';

/**
 * A node's rollup, and after it what it is to say: in this order, so that whoever writes over the rollup that was seen
 * has not seen less than whoever wrote it.
 */
export async function rollupStanding(
  nodeId: string,
): Promise<{ before: Rollup; now: Present; known: ReadonlySet<string> }> {
  const before = toRollup(await get(rollupKey(nodeId), true), nodeId);
  const [[node, counts], meters, head] = await Promise.all([
    getAll([nodeKey(nodeId), probeCountsKey(nodeId)], true),
    metersOf(nodeId, true),
    page({ partition: partition(nodeId, 'ENTRY'), backwards: true, limit: 1, consistent: true }),
  ]);
  const now: Present = node
    ? {
        own: ownSum({ counts, meters: [...meters.values()], head: head.items[0] }),
        parentId: String(node.parentId),
      }
    : { own: {}, parentId: null };
  const above = [before.givenTo, now.parentId].filter((one) => one !== null);
  const found = await getAll(above.map(rollupKey), true);
  return { before, now, known: new Set(above.filter((_, at) => found[at])) };
}

/** What a customer comes to by itself. Below zero: since its balance was told to be, until it was told to be back. */
export function ownSum(of: {
  readonly counts: Readonly<Record<string, unknown>> | undefined;
  readonly meters: readonly Pick<Meter, 'type' | 'used' | 'overSince'>[];
  readonly head: Readonly<Record<string, unknown>> | undefined;
}): Sum {
  const probes = toProbeCounts(of.counts);
  const bands = (of.head?.bands ?? {}) as Readonly<Record<string, string | null>>;
  return plus(
    {
      customers: 1,
      ...Object.fromEntries(countedStates.map((one) => [one, probes[one]])),
      ...Object.fromEntries(of.meters.map(({ type, used }) => [type, used])),
      overLimit: of.meters.some(({ overSince }) => overSince !== null) ? 1 : 0,
      belowZero: bands['below-0'] ? 1 : 0,
    },
    {},
  );
}

/** Where a moved node stood before. */
export async function leftParent(providerId: string, operationId: string): Promise<string | undefined> {
  const move = await get(operationKey(providerId, operationId), true);
  return move && String(move.fromId);
}
