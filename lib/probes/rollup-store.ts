import { get, getAll } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import { nodeKey, probeCountsKey, rollupKey } from '../kit/keys.ts';
import type { Meter } from '../licensing/meter.ts';
import { metersOf } from '../licensing/store.ts';
import { countedStates, toProbeCounts } from './census.ts';
import { type Present, plus, type Rollup, type Sum, toRollup } from './rollup.ts';

/**
 * A node's rollup, and after it what it is to say: in this order, so that whoever writes over the rollup that was seen
 * has not seen less than whoever wrote it. `isBelowZero` is asked of credits.
 */
export async function rollupStanding(
  nodeId: string,
  isBelowZero: (nodeId: string) => Promise<boolean>,
): Promise<{ before: Rollup; now: Present; known: ReadonlySet<string> }> {
  const before = toRollup(await get(rollupKey(nodeId), true), nodeId);
  const [[node, counts], meters, belowZero] = await Promise.all([
    getAll([nodeKey(nodeId), probeCountsKey(nodeId)], true),
    metersOf(nodeId, true),
    isBelowZero(nodeId),
  ]);
  const now: Present = node
    ? {
        own: ownSum({ counts, meters: [...meters.values()], belowZero }),
        parentId: node.parentId === platformId ? null : String(node.parentId),
      }
    : { own: {}, parentId: null };
  const above = [before.givenTo, now.parentId].filter((one) => one !== null);
  const found = await getAll(above.map(rollupKey), true);
  return { before, now, known: new Set(above.filter((_, at) => found[at])) };
}

/** What a customer comes to by itself. */
export function ownSum(of: {
  readonly counts: Readonly<Record<string, unknown>> | undefined;
  readonly meters: readonly Pick<Meter, 'type' | 'used' | 'overSince'>[];
  readonly belowZero: boolean;
}): Sum {
  const probes = toProbeCounts(of.counts);
  return plus(
    {
      customers: 1,
      ...Object.fromEntries(countedStates.map((one) => [one, probes[one]])),
      ...Object.fromEntries(of.meters.map(({ type, used }) => [type, used])),
      overLimit: of.meters.some(({ overSince }) => overSince !== null) ? 1 : 0,
      belowZero: of.belowZero ? 1 : 0,
    },
    {},
  );
}
