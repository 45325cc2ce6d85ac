import type * as z from 'zod';
import type { Plan } from '../kit/plan.ts';
import { refuse } from '../kit/plan.ts';
import { type Account, meterOf, rulesOf, turn } from './account.ts';
import {
  createWrite,
  inState,
  itemSummary,
  type Kept,
  type newItems,
  removeWrite,
  replaceWrite,
  viewItem,
} from './item.ts';
import { type MeterChange, room } from './meter.ts';
import { unknownItems } from './problems.ts';
import type { ResourceType } from './resource.ts';

type Row = z.infer<typeof itemSummary>;
type Moved = Plan<{ items: Row[] }>;

/** Stores new items: MANAGED as far as licences reach, the rest waiting UNMANAGED. Nothing is dropped or evicted. */
export function addItems(
  account: Account,
  command: z.output<typeof newItems>,
  made: { ids: readonly string[]; now: string },
): Moved {
  const { now } = made;
  const offered = command.items.map(
    ({ type, name, externalId }, at): Kept => ({
      customerId: account.customerId,
      id: made.ids[at] ?? '',
      type,
      name,
      externalId: externalId ?? null,
      state: 'UNMANAGED',
      reason: 'ALLOCATION_EXHAUSTED',
      stateSince: now,
      createdAt: now,
      version: 1,
    }),
  );
  const items = admit(account, offered, now);
  return moved(account, { items, writes: items.map(createWrite), now, action: 'items.add' });
}

/** Manages waiting items as far as licences reach; those that find none say so. */
export function manageItems(account: Account, found: readonly Kept[], now: string): Moved {
  const items = admit(account, found, now);
  return moved(account, { items, before: found, now, action: 'items.manage' });
}

/** Stops monitoring items; their licences are free and no waiting item takes them by itself. */
export function unmanageItems(account: Account, found: readonly Kept[], now: string): Moved {
  const items = found.map((one) =>
    one.state === 'MANAGED' ? inState(one, { state: 'UNMANAGED', reason: 'BY_REQUEST', now }) : one,
  );
  return moved(account, { items, before: found, now, action: 'items.unmanage' });
}

/** Deletes an item; a licence that it held is free. */
export function deleteItem(account: Account, kept: Kept, now: string): Plan {
  const turned = turn(account, kept.state === 'MANAGED' ? useBy(account, [kept], -1) : new Map(), { now });
  return {
    writes: [removeWrite(kept), ...turned.writes],
    receipt: { action: 'items.delete', subject: kept.id, before: { ...viewItem(kept) } },
    announcements: turned.announcements,
    reply: { status: 204 },
  };
}

/** The items that a request names; 404 naming those that do not exist. */
export function allFound(ids: readonly string[], found: readonly (Kept | undefined)[]): Kept[] {
  const missing = ids.filter((_, at) => !found[at]);
  if (missing.length > 0)
    refuse(unknownItems, `${missing.length} of the items do not exist`, { ids: missing });
  return found.filter((one) => one !== undefined);
}

function admit(account: Account, items: readonly Kept[], now: string): Kept[] {
  const left = new Map<ResourceType, number>();
  return items.map((one) => {
    if (one.state === 'MANAGED') return one;
    const places = left.get(one.type) ?? placesFor(account, one.type, now);
    left.set(one.type, places - 1);
    return places > 0
      ? inState(one, { state: 'MANAGED', reason: null, now })
      : inState(one, { state: 'UNMANAGED', reason: 'ALLOCATION_EXHAUSTED', now });
  });
}

function placesFor(account: Account, type: ResourceType, now: string): number {
  const free = account.pools.get(type)?.free ?? 0;
  return room(meterOf(account, type), rulesOf(account, type), { free, now });
}

function moved(
  account: Account,
  change: {
    items: readonly Kept[];
    before?: readonly Kept[];
    writes?: Plan['writes'];
    now: string;
    action: string;
  },
): Moved {
  const { items, before, now, action } = change;
  const isManaged = (one: Kept | undefined) => one?.state === 'MANAGED';
  const gained = items.filter((one, at) => isManaged(one) && !isManaged(before?.[at]));
  const lost = items.filter((one, at) => !isManaged(one) && isManaged(before?.[at]));
  const changed = items.filter((one, at) => JSON.stringify(one) !== JSON.stringify(before?.[at]));
  const body = { items: items.map(viewSummary) };
  if (changed.length === 0) return { writes: [], reply: { body } };
  const turned = turn(account, useBy(account, lost, -1, useBy(account, gained, 1)), { now });
  return {
    writes: [...(change.writes ?? changed.map(replaceWrite)), ...turned.writes],
    receipt: {
      action,
      subject: account.customerId,
      after: {
        managed: gained.map(({ id }) => id),
        unmanaged: changed.filter((one) => !isManaged(one)).map(({ id }) => id),
      },
    },
    announcements: turned.announcements,
    reply: { body },
  };
}

/** Meter changes that follow when each of `items` takes (1) or frees (−1) a licence. */
export function useBy(
  account: Account,
  items: readonly Kept[],
  each: 1 | -1,
  onto: ReadonlyMap<ResourceType, MeterChange> = new Map(),
): Map<ResourceType, MeterChange> {
  const changes = new Map(onto);
  for (const { type } of items) {
    const used = changes.get(type)?.used ?? meterOf(account, type).used;
    changes.set(type, { ...changes.get(type), used: used + each });
  }
  return changes;
}

function viewSummary(kept: Kept): Row {
  const { externalId: _external, createdAt: _created, ...row } = viewItem(kept);
  return itemSummary.parse(row);
}
