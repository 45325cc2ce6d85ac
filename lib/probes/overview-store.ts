import { each, get, getAll } from '../aws/db.ts';
import { observedKey, partition, probeCountsKey, pulseSuffix, rollupKey } from '../kit/keys.ts';
import { metersOf } from '../licensing/store.ts';
import { termsKey, toTerms } from '../licensing/terms.ts';
import { toProbeCounts } from './census.ts';
import { type Pulse, toPulse } from './pulse.ts';
import { type Observed, toObserved } from './recommendation.ts';
import { type Rollup, toRollup } from './rollup.ts';

/** A customer's probes, use and sums below, without its credits: one round trip, eventually consistent. */
export async function glance(customerId: string, consistent: boolean) {
  const keys = [probeCountsKey(customerId), termsKey(customerId), rollupKey(customerId)];
  const [[counts, terms, rollup], meters] = await Promise.all([
    getAll(keys, consistent),
    metersOf(customerId, consistent),
  ]);
  return {
    probes: toProbeCounts(counts),
    terms: toTerms(terms),
    meters: [...meters.values()],
    below: toRollup(rollup, customerId).below,
  };
}

export async function rollupOf(nodeId: string, consistent: boolean): Promise<Rollup> {
  return toRollup(await get(rollupKey(nodeId), consistent), nodeId);
}

/** What a customer uses, what its probes see now, and what they saw at the end of each day since. */
export async function seenSince(customerId: string, day: string) {
  const [meters, pulses, observed] = await Promise.all([
    metersOf(customerId, false),
    pulsesOf(customerId),
    observedSince(customerId, day),
  ]);
  return { meters: [...meters.values()], pulses, observed };
}

// As many as a read brings: 1 MB.
const mostRows = 10_000;

async function pulsesOf(customerId: string): Promise<Pulse[]> {
  const out: Pulse[] = [];
  for await (const item of each({ partition: partition(customerId, 'PROBE'), limit: mostRows }))
    if (String(item.SK).endsWith(pulseSuffix)) out.push(toPulse(item, customerId));
  return out;
}

async function observedSince(customerId: string, day: string): Promise<Observed[]> {
  const { PK, SK: from } = observedKey(customerId, day, '');
  const out: Observed[] = [];
  for await (const item of each({ partition: PK, from, limit: mostRows })) out.push(toObserved(item));
  return out;
}
