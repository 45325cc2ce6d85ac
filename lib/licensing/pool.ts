import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { prefixes } from '../kit/id.ts';
import { meterKey } from '../kit/keys.ts';
import { answer, expectVersion, type Plan, refuse, type Write } from '../kit/plan.ts';
import { whole } from '../kit/text.ts';
import { poolChanged } from './events.ts';
import { poolCommitted } from './problems.ts';
import { mostLicences, type ResourceType, resourceType } from './resource.ts';

/** A provider's licences of one type: `free` = licensed − allocated − shared, kept by every change. */
const stored = z.object({
  licensed: z.number(),
  free: z.number(),
  allocated: z.number(),
  shared: z.number(),
  version: z.number(),
});

export interface Pool extends z.infer<typeof stored> {
  readonly providerId: string;
  readonly type: ResourceType;
}

export const poolView = z.strictObject({
  resourceType,
  licensed: z.number().describe('What the provider has bought'),
  allocated: z.number().describe('Sum of the limits of customers with allocations'),
  sharedUsed: z
    .number()
    .describe('In use without a limit that reserves it: shared, unlimited, over a soft limit'),
  available: z.number().describe('licensed − allocated − sharedUsed'),
  version: z.number().describe('0 until first set; as ETag `"<version>"` for `If-Match`'),
});

export const newLicensed = z.strictObject({ licensed: whole(0, mostLicences) });

/** A stored pool; an empty one of version 0 where none was set. */
export function toPool(
  item: Readonly<Record<string, unknown>> | undefined,
  of: { providerId: string; type: ResourceType },
): Pool {
  const empty = { licensed: 0, free: 0, allocated: 0, shared: 0, version: 0 };
  return { ...of, ...(item ? stored.parse(item) : empty) };
}

export const viewPool = (pool: Pool): z.infer<typeof poolView> => ({
  resourceType: pool.type,
  licensed: pool.licensed,
  allocated: pool.allocated,
  sharedUsed: pool.shared,
  available: pool.free,
  version: pool.version,
});

/** True of a customer that stands by itself, in the place of its provider. */
export const isCustomer = (providerId: string): boolean => providerId.startsWith(prefixes.customer);

/** Takes from the pool (or gives back) without reading it: a loser decides again with what is left. */
export function poolTurn(
  of: { providerId: string; type: ResourceType },
  by: { allocated: number; shared: number },
): Write[] {
  const need = by.allocated + by.shared;
  if ((by.allocated === 0 && by.shared === 0) || isCustomer(of.providerId)) return [];
  return [
    {
      do: 'adjust',
      key: meterKey(of.providerId, of.type),
      add: { free: -need, allocated: by.allocated, shared: by.shared },
      ...(need > 0 ? { atLeast: { free: need } } : {}),
    },
  ];
}

/** Sets how many licences the provider has: never fewer than are allocated or in use. */
export function setLicensed(
  pool: Pool,
  command: z.output<typeof newLicensed>,
  ifMatch: string | undefined,
): Plan<z.infer<typeof poolView>> {
  expectVersion(ifMatch, pool.version);
  const more = command.licensed - pool.licensed;
  if (pool.free + more < 0) {
    refuse(poolCommitted, `${pool.licensed - pool.free} licences of ${pool.type} are allocated or in use`, {
      resourceType: pool.type,
      available: pool.free,
    });
  }
  if (more === 0 && pool.version > 0) return answer(viewPool(pool), { version: pool.version });
  const after: Pool = {
    ...pool,
    licensed: command.licensed,
    free: pool.free + more,
    version: pool.version + 1,
  };
  return {
    writes: [pool.version === 0 ? { do: 'create', item: toItem(after) } : raise(pool, more)],
    receipt: {
      action: 'licensing.set_pool',
      subject: pool.providerId,
      before: { resourceType: pool.type, licensed: pool.licensed },
      after: { resourceType: pool.type, licensed: after.licensed },
    },
    announcements: [
      announce(poolChanged, pool.providerId, {
        resourceType: pool.type,
        before: pool.licensed,
        after: after.licensed,
      }),
    ],
    reply: { body: viewPool(after), version: after.version },
  };
}

function raise(pool: Pool, more: number): Write {
  return {
    do: 'adjust',
    key: meterKey(pool.providerId, pool.type),
    add: { licensed: more, free: more, version: 1 },
    version: pool.version,
    ...(more < 0 ? { atLeast: { free: -more } } : {}),
  };
}

function toItem({ providerId, type, ...rest }: Pool) {
  return { ...meterKey(providerId, type), ...rest, kind: 'pool', type };
}
