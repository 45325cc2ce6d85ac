import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { refuse } from '../kit/plan.ts';
import { tooManyCalls } from '../kit/problem.ts';
import { line, whole } from '../kit/text.ts';
import { mostItems } from '../licensing/item.ts';
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

export const reportHash = ({ items }: InventoryReport): string => digest('inventory', canonical(items));

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
