import { pulseKey } from '../kit/keys.ts';
import type { Plan, Write } from '../kit/plan.ts';
import { type Account, turn } from '../licensing/account.ts';
import { admission } from '../licensing/admission.ts';
import { createWrite, type Kept, removeWrite, replaceWrite } from '../licensing/item.ts';
import { stepsOf } from '../licensing/monitor.ts';
import { reportedId } from '../licensing/reported.ts';
import type { Pulse } from './pulse.ts';
import { type InventoryReport, itemsOf, nothing, partsOf, type Reported, reportHash } from './report.ts';

interface Change {
  readonly before: Kept | undefined;
  readonly after: Kept | undefined;
}

/**
 * Applies one part of a report, item by item in its order: new ones are managed as far as licences reach, known ones
 * stay what they are, gone ones are deleted. The pulse moves from part to part with it, so each is applied once.
 */
export function applyPart(
  standing: {
    readonly pulse: Pulse;
    readonly account: Account;
    readonly found: readonly (Kept | undefined)[];
  },
  report: InventoryReport,
  at: { readonly part: number; readonly now: string },
): { readonly plan: Plan; readonly after: Pulse } {
  const { pulse, account, found } = standing;
  const { part, now } = at;
  const items = itemsOf(report, part);
  const desk = admission(account, now);
  const changes = items.map((one, index): Change => {
    const before = found[index];
    if (one.gone) {
      if (before) desk.release(before);
      return { before, after: undefined };
    }
    const { name = '' } = one;
    return { before, after: before ? { ...before, name } : desk.admit(discovered(pulse, one, now)) };
  });
  const kept = changes.flatMap(({ after }) => after ?? []);
  const before = part === 0 ? nothing : (pulse.tally ?? nothing);
  const managed = kept.filter(({ state }) => state === 'MANAGED').length;
  const goneNow = changes.filter((one) => one.before && !one.after).length;
  const tally = {
    managed: before.managed + managed,
    unmanaged: before.unmanaged + kept.length - managed,
    gone: before.gone + goneNow,
  };
  const turned = turn(account, stepsOf(account, changes), { now });
  const changed = changes.filter(differs);
  const count = part + 1;
  const set = {
    inventory: report.sequence,
    inventoryHash: reportHash(report),
    parts: count,
    whole: count === partsOf(report),
    tally,
    items: pulse.items + changes.filter((one) => !one.before && one.after).length - goneNow,
  };
  const { customerId, id, state, generation, inventory, parts, items: held } = pulse;
  const plan: Plan = {
    writes: [
      // From exactly where the decision saw it.
      {
        do: 'amend',
        key: pulseKey(customerId, id),
        set,
        where: { state, generation, inventory, parts, items: held },
      },
      ...changed.flatMap(({ before, after }) => write(before, after)),
      ...turned.writes,
    ],
    ...(changed.length > 0
      ? {
          receipt: {
            action: 'items.report',
            subject: id,
            after: { sequence: report.sequence, ...named(changed) },
          },
        }
      : {}),
    announcements: turned.announcements,
    reply: {},
  };
  return { plan, after: { ...pulse, ...set } };
}

function discovered(pulse: Pulse, { type, externalId, name = '' }: Reported, now: string): Kept {
  const { customerId, id: probeId } = pulse;
  return {
    customerId,
    id: reportedId(probeId, { type, externalId }),
    type,
    name,
    externalId,
    probeId,
    state: 'UNMANAGED',
    reason: 'ALLOCATION_EXHAUSTED',
    stateSince: now,
    createdAt: now,
    version: 1,
  };
}

const differs = ({ before, after }: Change) =>
  before?.name !== after?.name || (before === undefined) !== (after === undefined);

function write(before: Kept | undefined, after: Kept | undefined): Write[] {
  if (!after) return before ? [removeWrite(before)] : [];
  return [before ? replaceWrite(after) : createWrite(after)];
}

/** Which items a part has added, renamed and deleted, for the audit. */
function named(changed: readonly Change[]): Record<string, string[]> {
  const lists = {
    managed: changed.filter(({ before, after }) => !before && after?.state === 'MANAGED'),
    unmanaged: changed.filter(({ before, after }) => !before && after?.state === 'UNMANAGED'),
    renamed: changed.filter(({ before, after }) => before && after),
    gone: changed.filter(({ after }) => !after),
  };
  return Object.fromEntries(
    Object.entries(lists).flatMap(([word, list]) =>
      list.length > 0 ? [[word, list.map(({ before, after }) => (after ?? before)?.id ?? '')]] : [],
    ),
  );
}
