import type * as z from 'zod';
import { pulseKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { refuse } from '../kit/plan.ts';
import { type Account, meterOf, turn } from './account.ts';
import { admission } from './admission.ts';
import {
  createWrite,
  inState,
  isWaiting,
  itemSummary,
  type Kept,
  type newItems,
  removeWrite,
  replaceWrite,
  viewItem,
} from './item.ts';
import type { MeterChange } from './meter.ts';
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
      probeId: null,
      state: 'UNMANAGED',
      reason: 'ALLOCATION_EXHAUSTED',
      stateSince: now,
      createdAt: now,
      version: 1,
    }),
  );
  const items = offered.map(admission(account, now).admit);
  return moved(account, { items, writes: items.map(createWrite), now, action: 'items.add' });
}

/** Manages waiting items as far as licences reach; those that find none say so. */
export function manageItems(account: Account, found: readonly Kept[], now: string): Moved {
  const items = found.map(admission(account, now).admit);
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
  const turned = turn(account, stepsOf(account, [{ before: kept }]), { now });
  return {
    writes: [removeWrite(kept), ...reportedFewer(kept), ...turned.writes],
    receipt: { action: 'items.delete', subject: kept.id, before: { ...viewItem(kept) } },
    announcements: turned.announcements,
    reply: { status: 204 },
  };
}

// Its probe has one less of the items that it may have.
const reportedFewer = ({ customerId, probeId }: Kept): Write[] =>
  probeId === null ? [] : [{ do: 'adjust', key: pulseKey(customerId, probeId), add: { items: -1 } }];

/** The items that a request names; 404 naming those that do not exist. */
export function allFound(ids: readonly string[], found: readonly (Kept | undefined)[]): Kept[] {
  const missing = ids.filter((_, at) => !found[at]);
  if (missing.length > 0)
    refuse(unknownItems, `${missing.length} of the items do not exist`, { ids: missing });
  return found.filter((one) => one !== undefined);
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
  const gained = items.filter((one, at) => isManaged(one) && !isManaged(before?.[at]));
  const changed = items.filter((one, at) => JSON.stringify(one) !== JSON.stringify(before?.[at]));
  const body = { items: items.map(viewSummary) };
  if (changed.length === 0) return { writes: [], reply: { body } };
  const pairs = items.map((after, at) => ({ before: before?.[at], after }));
  const turned = turn(account, stepsOf(account, pairs), { now });
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

const isManaged = (one: Kept | undefined): boolean => one?.state === 'MANAGED';

/** What becomes of the meters when items come (no `before`), change or go (no `after`). */
export function stepsOf(
  account: Account,
  pairs: readonly { readonly before?: Kept | undefined; readonly after?: Kept | undefined }[],
): Map<ResourceType, MeterChange> {
  const changes = new Map<ResourceType, MeterChange>();
  const step = (one: Kept | undefined, by: 1 | -1) => {
    if (!one || (!isManaged(one) && !isWaiting(one))) return;
    const { used, waiting } = { ...meterOf(account, one.type), ...changes.get(one.type) };
    const next = isManaged(one) ? { used: used + by, waiting } : { used, waiting: waiting + by };
    changes.set(one.type, next);
  };
  for (const { before, after } of pairs) {
    step(before, -1);
    step(after, 1);
  }
  return changes;
}

function viewSummary(kept: Kept): Row {
  const { externalId: _external, probeId: _probe, createdAt: _created, ...row } = viewItem(kept);
  return itemSummary.parse(row);
}
