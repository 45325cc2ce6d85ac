import { getAll, page } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import { nodeKey, partition, pulseKey } from '../kit/keys.ts';
import type { Moment } from './look.ts';
import { type Pulse, toPulse } from './pulse.ts';
import { type Look, laterPlaces, toLook } from './wheel.ts';
import { windowsOf } from './window-store.ts';

/** Rows due by a moment, the oldest first. One Query; of nothing 0.5 RCU. */
export async function dueLooks(
  now: string,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<{ rows: Look[]; next: string | null }> {
  const wheel = partition(platformId, 'WHEEL');
  const { items, next } = await page({ partition: wheel, to: `${now.slice(0, 16)}~`, limit, after });
  return { rows: items.map(toLook), next };
}

/** The pulses of rows, a moment old at most, and which of the rows are not needed, for the probe stands in a later minute. */
export async function pulsesAt(
  rows: readonly Look[],
  at: Moment,
): Promise<{ row: Look; pulse: Pulse | undefined; twice: boolean }[]> {
  const places = rows.map((row) => laterPlaces(row, at));
  const keys = rows.map(({ customerId, probeId }) => pulseKey(customerId, probeId));
  const found = await getAll([...keys, ...places.flat()]);
  const later = found.slice(rows.length);
  return rows.map((row, index) => {
    const pulse = found[index];
    const asked = later.splice(0, places[index]?.length ?? 0);
    return { row, pulse: pulse && toPulse(pulse, row.customerId), twice: asked.some(Boolean) };
  });
}

/** A probe that may be late, its customer as stored, and the customer's maintenance windows: one round trip. */
export async function lookStanding({ customerId, probeId }: Pick<Look, 'customerId' | 'probeId'>) {
  const [[pulse, node], windows] = await Promise.all([
    getAll([pulseKey(customerId, probeId), nodeKey(customerId)], true),
    windowsOf(customerId),
  ]);
  return { pulse: pulse && toPulse(pulse, customerId), node, windows };
}
