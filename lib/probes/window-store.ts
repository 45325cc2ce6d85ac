import { get, getAll, page } from '../aws/db.ts';
import { maintenanceWindowKey, partition, probeCountsKey, pulseKey } from '../kit/keys.ts';
import { pulseState } from './pulse.ts';
import { type Planned, toWindow, type Window } from './window.ts';

const mostRead = 1000;

/** The windows of a customer that are kept: those that are not over, and of the last months. */
export async function windowsOf(customerId: string): Promise<Window[]> {
  const windows: Window[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await page({
      partition: partition(customerId, 'WINDOW'),
      limit: mostRead,
      after,
      consistent: true,
    });
    windows.push(...items.map(toWindow));
    after = next ?? undefined;
  } while (after);
  return windows;
}

/** What a new window for these probes is decided from: one round trip. */
export async function plannedOf(customerId: string, probeIds: readonly string[]): Promise<Planned> {
  const keys = [probeCountsKey(customerId), ...probeIds.map((one) => pulseKey(customerId, one))];
  const [windows, [count, ...pulses]] = await Promise.all([windowsOf(customerId), getAll(keys, true)]);
  return {
    windows,
    states: pulses.map((pulse) => pulse && pulseState.parse(pulse.state)),
    counted: count ? Number(count.version) : null,
  };
}

/** A page of a customer's windows, the newest first. */
export async function windowPage(customerId: string, range: { limit: number; after: string | undefined }) {
  const { items, next } = await page({
    partition: partition(customerId, 'WINDOW'),
    backwards: true,
    ...range,
  });
  return { windows: items.map(toWindow), next };
}

export async function windowOf(customerId: string, windowId: string): Promise<Window | undefined> {
  const item = await get(maintenanceWindowKey(customerId, windowId), true);
  return item && toWindow(item);
}
