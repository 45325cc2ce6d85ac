import { settingsKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';

// A turn takes less: a lane whose holder died is free again before the queue brings the event back.
const leaseMs = 90_000;

/** One request of a customer runs at a time. */
export interface Lane {
  readonly holder: string;
  readonly until: number;
  readonly version: number;
}

export function toLane(item: Readonly<Record<string, unknown>> | undefined): Lane | undefined {
  return item && { holder: String(item.holder), until: Number(item.until), version: Number(item.version) };
}

/** Takes the lane for a request; undefined while another one has it. */
export function enter(
  customerId: string,
  lane: Lane | undefined,
  by: { holder: string; now: number },
): { write: Write; version: number } | undefined {
  if (lane && lane.until > by.now) return undefined;
  const version = (lane?.version ?? 0) + 1;
  const item: Item & { version: number } = {
    ...settingsKey(customerId, 'PROVISIONING'),
    kind: 'provisioningLane',
    holder: by.holder,
    until: by.now + leaseMs,
    version,
  };
  return { version, write: lane ? { do: 'replace', version: lane.version, item } : { do: 'create', item } };
}

/** Leaves the lane to the next. */
export function leave(customerId: string, version: number): Write {
  return { do: 'remove', key: settingsKey(customerId, 'PROVISIONING'), version };
}
