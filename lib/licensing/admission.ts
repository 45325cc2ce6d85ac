import { type Account, meterOf, rulesOf } from './account.ts';
import { inState, type Kept } from './item.ts';
import { drawn, type Meter, room } from './meter.ts';
import type { ResourceType } from './resource.ts';

/** Licences as they are taken and given back, one after the other; nothing is written. */
export interface Admission {
  /** The item as it is once it has come: MANAGED where a licence is left, else waiting. A managed one stays. */
  readonly admit: (one: Kept) => Kept;
  /** The item goes: a licence that it held is there for who comes next. */
  readonly release: (one: Kept) => void;
}

export function admission(account: Account, now: string): Admission {
  const left = new Map<ResourceType, { meter: Meter; free: number }>();
  const of = (type: ResourceType) =>
    left.get(type) ?? { meter: meterOf(account, type), free: account.pools.get(type)?.free ?? 0 };
  const step = (type: ResourceType, by: 1 | -1) => {
    const { meter, free } = of(type);
    const next = { ...meter, used: meter.used + by };
    left.set(type, { meter: next, free: free + drawn(meter) - drawn(next) });
  };
  return {
    admit: (one) => {
      if (one.state === 'MANAGED') return one;
      const { meter, free } = of(one.type);
      if (room(meter, rulesOf(account, one.type), { free, now }) <= 0)
        return inState(one, { state: 'UNMANAGED', reason: 'ALLOCATION_EXHAUSTED', now });
      step(one.type, 1);
      return inState(one, { state: 'MANAGED', reason: null, now });
    },
    release: (one) => {
      if (one.state === 'MANAGED') step(one.type, -1);
    },
  };
}
