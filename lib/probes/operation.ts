import * as z from 'zod';
import { operationKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';

const progress = z.strictObject({
  id: z.string().describe('`opr_…`'),
  type: z.literal('RETIRE_PROBE'),
  probeId: z.string(),
  state: z.enum(['Requested', 'InProgress', 'Provisioned']).describe('`Provisioned`: done'),
  deleted: z.int().describe('Items of the probe deleted so far'),
  freed: z.int().describe('Licences freed with them'),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});

/** Work for a retired probe in the background, and how far it is. */
export const probeOperation = progress.extend({
  stalledSince: z
    .string()
    .nullable()
    .describe('Since when nothing has moved, if that is longer than 15 minutes: it goes on where it stopped'),
});

const stored = progress.extend({ customerId: z.string(), movedAt: z.string(), version: z.number() }).strip();
export type Removal = z.infer<typeof stored>;

export const toRemoval = (item: Readonly<Record<string, unknown>>): Removal => stored.parse(item);

export const removalItem = (removal: Removal): Item & { version: number } => ({
  ...operationKey(removal.customerId, removal.id),
  kind: 'probeOperation',
  ...removal,
});

/** The work of deleting a probe's items, not yet begun. */
export const newRemoval = (of: {
  id: string;
  customerId: string;
  probeId: string;
  now: string;
}): Removal => ({
  id: of.id,
  customerId: of.customerId,
  type: 'RETIRE_PROBE',
  probeId: of.probeId,
  state: 'Requested',
  deleted: 0,
  freed: 0,
  createdAt: of.now,
  startedAt: null,
  finishedAt: null,
  movedAt: of.now,
  version: 1,
});

/** The work one page further; `last`: nothing is left. */
export const removed = (
  before: Removal,
  page: { deleted: number; freed: number; last: boolean; now: string },
): Removal => ({
  ...before,
  state: page.last ? 'Provisioned' : 'InProgress',
  deleted: before.deleted + page.deleted,
  freed: before.freed + page.freed,
  startedAt: before.startedAt ?? page.now,
  finishedAt: page.last ? page.now : null,
  movedAt: page.now,
  version: before.version + 1,
});

const patienceMs = 15 * 60_000;

export function viewRemoval(
  { customerId: _customer, movedAt, version: _version, ...shown }: Removal,
  now: string,
): z.infer<typeof probeOperation> {
  const stalled = shown.finishedAt === null && Date.parse(now) - Date.parse(movedAt) > patienceMs;
  return { ...shown, stalledSince: stalled ? movedAt : null };
}
