import type { Threshold } from '../kit/band.ts';
import { meterKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import type { Meter } from './meter.ts';

/** Stores a meter as a whole, over what the decision saw and nothing else; `at` is when it was evaluated. */
export function meterWrite(after: Meter, at: string): Write {
  const { customerId, type, ...rest } = after;
  const version = after.version + 1;
  const item: Item & { version: number } = {
    ...meterKey(customerId, type),
    ...rest,
    kind: 'meter',
    type,
    epoch: after.epoch + 1,
    at,
    version,
  };
  return after.version === 0 ? { do: 'create', item } : { do: 'replace', item, version: after.version };
}

/**
 * A step of use (or of what waits) alone, after which limit, bands and over-limit state are what they were: added to whatever the
 * use is by then, as long as it stays where the same step means the same. Such steps do not make each other decide
 * again. Undefined where the step means more.
 */
export function stepWrite(
  before: Meter,
  after: Meter,
  by: { levels: readonly Threshold[]; at: string },
): Write | undefined {
  const range = before.epoch > 0 ? window(before, after, by.levels) : undefined;
  if (!range) return undefined;
  return {
    do: 'adjust',
    key: meterKey(before.customerId, before.type),
    add: {
      used: after.used - before.used,
      ...(after.waiting === before.waiting ? {} : { waiting: after.waiting - before.waiting }),
      version: 1,
    },
    set: { at: by.at },
    atLeast: { used: range.from, epoch: before.epoch },
    atMost: { ...(Number.isFinite(range.to) ? { used: range.to } : {}), epoch: before.epoch },
  };
}

/** Uses, before the step, from which it crosses neither the limit nor a level that the bands could tell of. */
export function window(
  before: Meter,
  after: Meter,
  levels: readonly Threshold[],
): { from: number; to: number } | undefined {
  const only = { ...before, used: after.used, waiting: after.waiting };
  if (JSON.stringify(only) !== JSON.stringify(after)) return undefined;
  const by = after.used - before.used;
  const { limit } = before;
  const from = [0, -by];
  const to = [Number.POSITIVE_INFINITY];
  if (limit !== null) {
    if (before.used <= limit !== after.used <= limit) return undefined;
    if (after.used <= limit) to.push(limit, limit - by);
    else from.push(limit + 1, limit + 1 - by);
  }
  for (const { id, at, rearm } of levels) {
    if ((before.bands[id] ?? null) === null) to.push(Math.ceil(at / 100) - 1 - by);
    else from.push(Math.floor(rearm / 100) + 1 - by);
  }
  return { from: Math.max(...from), to: Math.min(...to) };
}
