import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { pulseKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { line, whole } from '../kit/text.ts';
import { type Account, turn } from '../licensing/account.ts';
import { admission } from '../licensing/admission.ts';
import { createWrite, type Kept, mostItems, removeWrite, replaceWrite } from '../licensing/item.ts';
import { stepsOf } from '../licensing/monitor.ts';
import { reportedId } from '../licensing/reported.ts';
import { resourceType } from '../licensing/resource.ts';
import { sequenceGap, sequenceReused } from './problems.ts';
import type { Pulse } from './pulse.ts';

const mostReported = 500;

const reported = z
  .strictObject({
    type: resourceType,
    externalId: line(200).describe('Its id at the probe: never another thing under the same id'),
    name: line(200).optional().describe('Needed unless it is gone'),
    gone: z.boolean().default(false).describe('It was there and is there no more'),
  })
  .refine(({ name, gone }) => gone || name !== undefined, { path: ['name'], message: 'is needed' });
type Reported = z.output<typeof reported>;

const nameOf = ({ type, externalId }: Pick<Reported, 'type' | 'externalId'>) =>
  JSON.stringify([type, externalId]);

export const inventoryReport = z.strictObject({
  sequence: whole(1, 1_000_000_000).describe('One more than that of the report before'),
  items: z
    .array(reported)
    .min(1)
    .max(mostReported)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      for (const [at, one] of list.entries()) {
        if (seen.has(nameOf(one)))
          context.addIssue({
            code: 'custom',
            path: [at, 'externalId'],
            message: 'is given twice for this type',
          });
        seen.add(nameOf(one));
      }
    }),
});
export type InventoryReport = z.output<typeof inventoryReport>;

export const inventoryOutcome = z.strictObject({
  accepted: z.boolean().describe('False: this report, or a later one, was applied before; nothing changed'),
  sequence: z.int().describe('Of the report that was applied last'),
  managed: z.int().describe('Of the reported items: monitored now'),
  unmanaged: z.int().describe('Listed, but not monitored: no licence was left, or people stopped it'),
  gone: z.int().describe('Deleted'),
});
export type InventoryOutcome = z.infer<typeof inventoryOutcome>;

export const reportHash = ({ items }: InventoryReport): string => digest('inventory', canonical(items));

const partsOf = ({ items }: InventoryReport) => Math.ceil(items.length / mostItems);
const nothing = { managed: 0, unmanaged: 0, gone: 0 };

/** The next part of a report that is to be applied, or the answer where none is left. Reports apply in order. */
export function nextPart(
  pulse: Pulse,
  report: InventoryReport,
): { readonly part: number } | { readonly done: InventoryOutcome } {
  const { sequence } = report;
  const { inventory, parts, whole: complete, tally = nothing } = pulse;
  if (sequence < inventory) return { done: { accepted: false, sequence: inventory, ...nothing } };
  if (sequence === inventory) {
    if (reportHash(report) !== pulse.inventoryHash) refuse(sequenceReused, undefined, { sequence });
    return parts < partsOf(report) ? { part: parts } : { done: { accepted: false, sequence, ...tally } };
  }
  const expected = complete ? inventory + 1 : inventory;
  if (sequence !== expected)
    refuse(sequenceGap, `The report expected next is number ${expected}`, { expected });
  return { part: 0 };
}

/** The items of a part, and the ids under which they are kept. */
export function itemsOf(report: InventoryReport, part: number): Reported[] {
  return report.items.slice(part * mostItems, (part + 1) * mostItems);
}
export const keptIds = (probeId: string, items: readonly Reported[]): string[] =>
  items.map((one) => reportedId(probeId, one));

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
  const tally = {
    managed: before.managed + managed,
    unmanaged: before.unmanaged + kept.length - managed,
    gone: before.gone + changes.filter((one) => one.before && !one.after).length,
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
  };
  const { customerId, id, state, generation, inventory, parts } = pulse;
  const plan: Plan = {
    writes: [
      // From exactly where the decision saw it.
      {
        do: 'amend',
        key: pulseKey(customerId, id),
        set,
        where: { state, generation, inventory, parts },
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
