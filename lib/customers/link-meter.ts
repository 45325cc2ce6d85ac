import * as z from 'zod';
import { meterKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { resourceTypes } from '../kit/resource.ts';
import { poolShort } from './problems.ts';

/** As much of a customer's licence meter as a change of partner touches. */
const stored = z.looseObject({
  PK: z.string(),
  SK: z.string(),
  type: z.string(),
  used: z.number(),
  limit: z.number().nullable(),
  overSince: z.string().nullable(),
  epoch: z.number().default(0),
  version: z.number(),
});
export type LinkMeter = z.infer<typeof stored>;

export const toLinkMeter = (item: Readonly<Record<string, unknown>>): LinkMeter => stored.parse(item);

const reserved = ({ limit }: LinkMeter): number => limit ?? 0;
const drawn = (meter: LinkMeter): number => Math.max(0, meter.used - reserved(meter));

/** What the meter takes of its provider's pool goes back there; from then on nothing more is managed. */
export function giveUp(providerId: string, meter: LinkMeter, now: string): Write[] {
  const [allocated, shared] = [reserved(meter), drawn(meter)];
  return [
    limited(meter, 0, now),
    ...(allocated + shared === 0
      ? []
      : [
          {
            do: 'adjust',
            key: meterKey(providerId, meter.type),
            add: { free: allocated + shared, allocated: -allocated, shared: -shared },
          } satisfies Write,
        ]),
  ];
}

/** Binds to what was never used or allocated: the first of it would be counted by the pool of a partner that is left. */
export function neverMetered(customerId: string, meters: readonly LinkMeter[]): Write[] {
  return resourceTypes
    .filter((type) => !meters.some((one) => one.type === type))
    .map((type) => ({ do: 'check', key: meterKey(customerId, type), version: null }));
}

/** What is in use is taken out of the new provider's pool; one that shares the pool has no limit of its own. */
export function takeUp(
  providerId: string,
  meter: LinkMeter,
  { shares, now }: { shares: boolean; now: string },
): Write[] {
  const { used } = meter;
  return [
    ...(shares ? [limited(meter, null, now)] : []),
    ...(used === 0
      ? []
      : [
          {
            do: 'adjust',
            key: meterKey(providerId, meter.type),
            add: { free: -used, shared: used },
            atLeast: { free: used },
            short: new Problem(poolShort, undefined, { data: { resourceType: meter.type, needed: used } }),
          } satisfies Write,
        ]),
  ];
}

function limited(meter: LinkMeter, limit: number | null, at: string): Write {
  const over = limit !== null && meter.used > limit;
  return {
    do: 'replace',
    version: meter.version,
    item: {
      ...(meter as LinkMeter & Item),
      ...(limit === null ? {} : { enforcement: 'HARD' }),
      limit,
      // Without a limit, or with none left, there is no threshold to tell of.
      bands: {},
      overSince: over ? (meter.overSince ?? at) : null,
      epoch: meter.epoch + 1,
      at,
      version: meter.version + 1,
    },
  };
}
