import { announce } from '../kit/event.ts';
import type { Plan } from '../kit/plan.ts';
import { type Account, turn } from '../licensing/account.ts';
import { type Kept, removeWrite } from '../licensing/item.ts';
import { stepsOf } from '../licensing/monitor.ts';
import { itemsRemain } from './events.ts';
import { type Removal, removalItem, removed } from './operation.ts';

/**
 * Deletes some items of a retired probe and frees their licences, with the count of them: each is counted once,
 * whatever is repeated. `last`: there are no more; `tired`: others go on with them.
 */
export function clear(
  before: Removal,
  found: { readonly items: readonly Kept[]; readonly account: Account },
  at: { readonly last: boolean; readonly tired: boolean; readonly now: string },
): Plan {
  const { items, account } = found;
  const { last, tired, now } = at;
  const steps = stepsOf(
    account,
    items.map((one) => ({ before: one })),
  );
  const turned = turn(account, steps, { now });
  const freed = items.filter(({ state }) => state === 'MANAGED').length;
  const after = removed(before, { deleted: items.length, freed, last, now });
  const { id: operationId, probeId, version } = before;
  const rest = tired && !last ? [announce(itemsRemain, probeId, { operationId })] : [];
  return {
    writes: [
      { do: 'replace', item: removalItem(after), version },
      ...items.map(removeWrite),
      ...turned.writes,
    ],
    receipt: {
      action: 'items.clear',
      subject: probeId,
      after: { operationId, deleted: items.map(({ id }) => id) },
    },
    announcements: [...turned.announcements, ...rest],
    reply: {},
  };
}
