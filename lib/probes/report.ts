import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { refuse } from '../kit/plan.ts';
import { tooManyCalls } from '../kit/problem.ts';
import { line, whole } from '../kit/text.ts';
import { mostItems } from '../licensing/item.ts';
import { reportedId } from '../licensing/reported.ts';
import { resourceType } from '../licensing/resource.ts';
import { sequenceGap, sequenceReused, tooManyItems } from './problems.ts';
import type { Pulse } from './pulse.ts';

const mostReported = 500;
/** Items that a probe may have. */
export const mostHeld = 10_000;

const reported = z
  .strictObject({
    type: resourceType,
    externalId: line(200).describe('Its id at the probe: never another thing under the same id'),
    name: line(200).optional().describe('Needed unless it is gone'),
    gone: z.boolean().default(false).describe('It was there and is there no more'),
  })
  .refine(({ name, gone }) => gone || name !== undefined, { path: ['name'], message: 'is needed' });
export type Reported = z.output<typeof reported>;

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

/** Tells a report from another one of its number, in 22 characters: a pulse is short. */
export const reportHash = ({ items }: InventoryReport): string =>
  digest('inventory', canonical(items)).slice(0, 22);

export const partsOf = ({ items }: InventoryReport) => Math.ceil(items.length / mostItems);
export const nothing = { managed: 0, unmanaged: 0, gone: 0 };

/** Parts of reports that a probe may be ahead of its time with. */
const mostAhead = 30;

/** What a report changes of the pulse that has time for it: the probe's time moves on by a second for each part. */
export function inTime(report: InventoryReport, now: string) {
  const at = seconds(now);
  return { set: { reportsFrom: at + partsOf(report) }, below: { reportsFrom: at + 1 } };
}

/** The same for a probe that is ahead of its time; refused where it is too far ahead. */
export function ahead({ reportsFrom }: Pulse, report: InventoryReport, now: string) {
  const retryAfterSeconds = reportsFrom - seconds(now) - mostAhead + 1;
  if (retryAfterSeconds > 0)
    refuse(tooManyCalls, `Send the next report after ${retryAfterSeconds} s`, { retryAfterSeconds });
  return {
    set: { reportsFrom: Math.max(reportsFrom, seconds(now)) + partsOf(report) },
    where: { reportsFrom },
  };
}

/** True where a report might bring a probe more than it may have: only then is it looked at more closely. */
export const isNearFull = ({ items }: Pulse, report: InventoryReport): boolean =>
  items + report.items.filter(({ gone }) => !gone).length > mostHeld;

/** Refuses a report, before any of it is applied, with which its probe would have more than it may. */
export function mustFit({ items }: Pulse, report: InventoryReport, known: readonly boolean[]): void {
  const more = report.items.filter(({ gone }, at) => !gone && !known[at]).length;
  const less = report.items.filter(({ gone }, at) => gone && known[at]).length;
  if (more > 0 && items + more - less > mostHeld)
    refuse(
      tooManyItems,
      `It has ${items} of at most ${mostHeld}; what is gone, and what it has, may be reported`,
      {
        expected: report.sequence,
        items,
        most: mostHeld,
      },
    );
}

const seconds = (at: string) => Math.floor(Date.parse(at) / 1000);

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
