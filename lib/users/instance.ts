import * as z from 'zod';
import { type Item, refuse, type Write } from '../kit/plan.ts';
import { tooManyServices } from './problems.ts';

const period = z
  .object({ from: z.string(), to: z.string().nullable(), testUser: z.boolean().optional() })
  .loose();
const stored = z.object({ version: z.number(), status: z.string(), periods: z.array(period) }).loose();

const keptPeriods = 60;

/** A service of a user, as far as a change of the user concerns it. */
export interface Instance {
  readonly item: Item & { readonly version: number };
  readonly status: string;
  readonly periods: z.output<typeof period>[];
}

export function toInstance(item: Readonly<Record<string, unknown>>): Instance {
  const { status, periods } = stored.parse(item);
  return { item: item as Item & { version: number }, status, periods };
}

const room = 80;

/**
 * What one transaction has room for: every service that is had, refused where these are more, and of those taken before
 * as many as fit; the others stay as they were when they were taken.
 */
export function inBounds(instances: readonly Instance[]): readonly Instance[] {
  const isHad = ({ status }: Instance) => status !== 'NotProvisioned';
  const had = instances.filter(isHad);
  if (had.length > room) refuse(tooManyServices);
  return [...had, ...instances.filter((one) => !isHad(one))].slice(0, room);
}

export function replaceInstance({ item }: Instance, change: Readonly<Record<string, unknown>>): Write {
  return {
    do: 'replace',
    version: item.version,
    item: { ...item, ...change, version: item.version + 1 },
  };
}

/** A user's service from when the user is a test user, or none any more: bills of the time before stay. */
export function flagInstance(instance: Instance, flagged: { testUser: boolean; now: string }): Write {
  const { now, testUser } = flagged;
  const periods = instance.periods.flatMap((one) =>
    one.to === null
      ? [
          { ...one, to: now, testUser: one.testUser ?? instance.item.testUser === true },
          { ...one, from: now, testUser },
        ]
      : [one],
  );
  return replaceInstance(instance, { testUser, periods: periods.slice(-keptPeriods) });
}

/** A deleted user's service stays for past bills, and is used no more. */
export function closeInstance(instance: Instance, closed: { testUser: boolean; now: string }): Write {
  const { now, testUser } = closed;
  const { G1, S1, ...item } = instance.item;
  return replaceInstance(
    { ...instance, item: item as typeof instance.item },
    {
      testUser,
      status: 'NotProvisioned',
      removedAt: now,
      periods: instance.periods.map((one) => ({ ...one, to: one.to ?? now })),
    },
  );
}
