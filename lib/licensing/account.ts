import { type Announcement, announce } from '../kit/event.ts';
import { nodeKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { useChanged } from './events.ts';
import { drawn, levels, type Meter, type MeterChange, type Rules, reserved, turnMeter } from './meter.ts';
import { meterWrite, stepWrite } from './meter-write.ts';
import { type Notification, thresholdsOf } from './notification.ts';
import { type Pool, poolTurn } from './pool.ts';
import { poolExhausted } from './problems.ts';
import type { ResourceType } from './resource.ts';
import type { Terms } from './terms.ts';

/** Everything that a change of a customer's licences looks at. */
export interface Account {
  readonly customerId: string;
  readonly providerId: string;
  /** The customer as it was seen; a first meter is bound to it. */
  readonly customer?: Pick<Node, 'version'>;
  readonly terms: Terms;
  /** The customer's own notification settings and the provider's defaults. */
  readonly own: Notification;
  readonly defaults: Notification;
  readonly meters: ReadonlyMap<ResourceType, Meter>;
  readonly pools: ReadonlyMap<ResourceType, Pool>;
}

export function rulesOf(account: Pick<Account, 'terms' | 'own' | 'defaults'>, type: ResourceType): Rules {
  const { graceDays, effect } = account.terms;
  return { ...thresholdsOf(account, type), graceDays, effect };
}

/** What changed meters come to: the meters after, and all that has to be written and announced together. */
export interface Turn {
  readonly meters: ReadonlyMap<ResourceType, Meter>;
  readonly writes: readonly Write[];
  readonly announcements: readonly Announcement[];
}

/**
 * Changes meters and the provider's pools with them; refused where a pool would be overdrawn. Each meter is
 * evaluated once. A meter that stays as it was is written only when `touch` asks for it.
 */
export function turn(
  account: Account,
  changes: ReadonlyMap<ResourceType, MeterChange>,
  at: { now: string; touch?: (type: ResourceType) => boolean },
): Turn {
  const meters = new Map(account.meters);
  const writes: Write[] = [];
  const announcements: Announcement[] = [];
  const steps: { resourceType: ResourceType; by: number }[] = [];
  const shortages: { resourceType: ResourceType; needed: number; available: number }[] = [];
  for (const [type, change] of changes) {
    const before = meterOf(account, type);
    const rules = rulesOf(account, type);
    const { after, announcements: told } = turnMeter(before, change, { rules, now: at.now });
    const by = { allocated: reserved(after) - reserved(before), shared: drawn(after) - drawn(before) };
    const needed = by.allocated + by.shared;
    const available = account.pools.get(type)?.free ?? 0;
    if (needed > 0 && needed > available) shortages.push({ resourceType: type, needed, available });
    if (at.touch?.(type)) writes.push(meterWrite(after, at.now));
    else if (JSON.stringify(after) !== JSON.stringify(before))
      writes.push(
        stepWrite(before, after, { levels: levels(before, rules), at: at.now }) ?? meterWrite(after, at.now),
      );
    writes.push(...poolTurn({ providerId: account.providerId, type }, by));
    announcements.push(...told);
    if (after.used !== before.used) steps.push({ resourceType: type, by: after.used - before.used });
    meters.set(type, { ...after, version: after.version + 1 });
  }
  refuseShortages(shortages);
  if (writes.some((write) => write.do === 'create')) writes.push(...customerUnchanged(account));
  if (steps.length > 0) announcements.push(announce(useChanged, account.customerId, { steps }));
  return { meters, writes, announcements };
}

/** Binds what is stored for the first time to the customer itself, which may have left its provider meanwhile. */
export const customerUnchanged = ({
  customerId,
  customer,
}: Pick<Account, 'customerId' | 'customer'>): Write[] =>
  customer ? [{ do: 'check', key: nodeKey(customerId), version: customer.version }] : [];

export function meterOf(account: Account, type: ResourceType): Meter {
  const meter = account.meters.get(type);
  if (!meter) throw new Error(`The meter of ${type} was not loaded`);
  return meter;
}

function refuseShortages(
  shortages: readonly { resourceType: ResourceType; needed: number; available: number }[],
): void {
  const [first] = shortages;
  if (!first) return;
  const { resourceType, needed, available } = first;
  refuse(poolExhausted, `${needed} more licences of ${resourceType} are needed, ${available} are available`, {
    resourceType,
    available,
    shortages,
  });
}
