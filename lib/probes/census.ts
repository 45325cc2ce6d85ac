import { nodeKey, probeCountsKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { tooManyProbes } from './problems.ts';
import { type PulseState, pulseState } from './pulse.ts';

/** States that are counted: retired probes are not. */
export const countedStates = pulseState.options.filter((one) => one !== 'RETIRED');
export type ProbeCounts = Readonly<Record<(typeof countedStates)[number], number>>;

/** How many probes of a customer are in each state; none where nothing was counted. */
export function toProbeCounts(item: Readonly<Record<string, unknown>> | undefined): ProbeCounts {
  return Object.fromEntries(countedStates.map((one) => [one, Number(item?.[one] ?? 0)])) as ProbeCounts;
}

/** Probes that a customer may have, retired ones aside: more would not be read in one go. */
export const mostProbes = 500;

/** Counts a new probe, in its state and among the `live` ones, which are all but the retired; `exists`: there is a count already. The first one is bound to the customer itself. */
export function countAdded({ id, version }: Pick<Node, 'id' | 'version'>, exists: boolean): Write[] {
  const key = probeCountsKey(id);
  const short = new Problem(tooManyProbes, undefined, { data: { most: mostProbes } });
  const atMost = { live: mostProbes - 1 };
  if (exists) return [{ do: 'adjust', key, add: { CREATED: 1, live: 1, version: 1 }, atMost, short }];
  return [
    { do: 'create', item: { ...key, kind: 'probeCounts', CREATED: 1, live: 1, version: 1 } },
    { do: 'check', key: nodeKey(id), version },
  ];
}

/** Moves a probe from one count to another; a retired one leaves. */
export function countMoved(customerId: string, from: PulseState, to: PulseState): Write[] {
  if (from === to) return [];
  const add = { [from]: -1, ...(to === 'RETIRED' ? { live: -1 } : { [to]: 1 }), version: 1 };
  return [{ do: 'adjust', key: probeCountsKey(customerId), add }];
}
