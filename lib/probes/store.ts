import { get, getAll, page, positionOf } from '../aws/db.ts';
import { operationKey, partition, probeKey, pulseKey, pulseSuffix } from '../kit/keys.ts';
import { type Approval, approvalKey, toApproval } from './approval.ts';
import { type Removal, toRemoval } from './operation.ts';
import { toProbe } from './probe.ts';
import { toPulse } from './pulse.ts';
import type { Sight } from './view.ts';

export async function approvalOf(customerId: string): Promise<Approval> {
  return toApproval(await get(approvalKey(customerId), true));
}

/** A probe with its pulse: one round trip. */
export async function probeOf(customerId: string, probeId: string): Promise<Sight | undefined> {
  const keys = [probeKey(customerId, probeId), pulseKey(customerId, probeId)];
  const [probe, pulse] = await getAll(keys, true);
  return probe && pulse && { probe: toProbe(probe, customerId), pulse: toPulse(pulse, customerId) };
}

/** A page of a customer's probes, oldest first. Each stands right before its pulse: one Query. */
export async function probePage(
  customerId: string,
  range: { limit: number; after: string | undefined },
): Promise<{ sights: Sight[]; next: string | null }> {
  const { items, next } = await page({
    partition: partition(customerId, 'PROBE'),
    limit: range.limit * 2,
    after: range.after,
  });
  const pulses = new Map(
    items.filter(({ SK }) => String(SK).endsWith(pulseSuffix)).map((item) => [item.id, item]),
  );
  const sights = items.flatMap((item) => {
    const pulse = String(item.SK).endsWith(pulseSuffix) ? undefined : pulses.get(item.id);
    return pulse ? [{ probe: toProbe(item, customerId), pulse: toPulse(pulse, customerId) }] : [];
  });
  // A probe that is just being added may show one of its two rows: then the page ends before it.
  const [beforeLast, last] = items.slice(-2);
  const torn = next !== null && last && beforeLast && !String(last.SK).endsWith(pulseSuffix);
  return { sights, next: torn ? positionOf({}, beforeLast) : next };
}

export async function removalOf(customerId: string, operationId: string): Promise<Removal | undefined> {
  const item = await get(operationKey(customerId, operationId), true);
  return item?.kind === 'probeOperation' ? toRemoval(item) : undefined;
}
