import { settingsKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';

// A turn takes less: a lane whose holder died is free again before the queue brings the event back.
const leaseMs = 90_000;
const longestLine = 100;
// More than one are called at once: the way to each takes longer than most turns.
const calledAtOnce = 3;

/** One request of a customer runs at a time; others stand in line. */
export interface Lane {
  readonly holder: string;
  readonly until: number;
  readonly version: number;
  /** Ids of requests, in the order in which they came. Whoever leaves calls the next. */
  readonly waiting: readonly string[];
}

export function toLane(item: Readonly<Record<string, unknown>> | undefined): Lane | undefined {
  if (!item) return undefined;
  const { holder, until, version, waiting = [] } = item;
  const line = waiting as readonly string[];
  return { holder: String(holder), until: Number(until), version: Number(version), waiting: line };
}

/** Takes the lane for a request; undefined while another one has it. */
export function enter(
  customerId: string,
  lane: Lane | undefined,
  by: { holder: string; id: string; now: number },
): Write | undefined {
  if (lane && lane.until > by.now) return undefined;
  const waiting = (lane?.waiting ?? []).filter((one) => one !== by.id);
  return stand(customerId, lane, { holder: by.holder, until: by.now + leaseMs, waiting });
}

/** Stands in line, so that who leaves the lane calls this request; undefined where the line is too long. */
export function wait(customerId: string, lane: Lane, id: string): Write | undefined {
  if (lane.waiting.length >= longestLine) return undefined;
  return stand(customerId, lane, { ...lane, waiting: [...lane.waiting, id] });
}

/** Leaves the lane, and says whom to call. */
export function leave(customerId: string, lane: Lane): { write: Write; next: readonly string[] } {
  const next = lane.waiting.slice(0, calledAtOnce);
  const waiting = lane.waiting.slice(calledAtOnce);
  const write: Write =
    waiting.length > 0
      ? stand(customerId, lane, { holder: '', until: 0, waiting })
      : { do: 'remove', key: settingsKey(customerId, 'PROVISIONING'), version: lane.version };
  return { write, next };
}

function stand(customerId: string, before: Lane | undefined, now: Omit<Lane, 'version'>): Write {
  const item: Item & { version: number } = {
    ...settingsKey(customerId, 'PROVISIONING'),
    kind: 'provisioningLane',
    ...now,
    version: (before?.version ?? 0) + 1,
  };
  return before ? { do: 'replace', version: before.version, item } : { do: 'create', item };
}
