import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { operationKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { workRequested } from './events.ts';

/** What is walked, item by item: rows of end users; people of the company, then users; assigned items. */
const walk = z.enum(['ROWS', 'PEOPLE', 'USERS', 'ASSIGNED']);
export type Walk = z.infer<typeof walk>;

/** Work of a customer's catalogue in the background, and how far it is. */
export const catalogueOperation = z.strictObject({
  id: z.string().describe('`opr_…`'),
  type: z.enum(['MARKETPLACE', 'DYNAMIC_GROUP', 'FULL_VIEW', 'ENROLMENT']),
  marketplaceId: z.string().nullable(),
  dynamicGroupId: z.string().nullable(),
  state: z
    .enum(['Requested', 'InProgress', 'Pending', 'Provisioned'])
    .describe('`Pending`: a later change took its work over; `Provisioned` once that is done'),
  total: z.int().nullable().describe('About how many people and items are looked at, once that is known'),
  done: z.int().describe('How many have been looked at'),
  changed: z.int().describe('How many of these had to be changed'),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  stalledSince: z
    .string()
    .nullable()
    .describe('Since when nothing has moved, if that is longer than 15 minutes: it goes on where it stopped'),
});
export type CatalogueOperation = z.infer<typeof catalogueOperation>;

const stored = catalogueOperation
  .omit({ stalledSince: true })
  .extend({
    customerId: z.string(),
    dynamicGroupId: z.string().nullable().default(null),
    generation: z.number().describe('Of the rules that it brings to everyone'),
    number: z.number().nullable().describe('Of the marketplace'),
    items: z.array(z.string()).describe('Still to be looked at'),
    walks: z.array(walk).describe('Still to be walked; the first is under way'),
    position: z.string().nullable(),
    movedAt: z.string(),
    version: z.number(),
  })
  .strip();
export type Work = z.infer<typeof stored>;

export const toWork = (item: Readonly<Record<string, unknown>>): Work => stored.parse(item);

export const workItem = (work: Work): Item & { version: number } => ({
  ...operationKey(work.customerId, work.id),
  kind: 'catalogOperation',
  ...work,
});

/** New work, and what wakes it. */
export function requestWork(
  asked: Pick<Work, 'id' | 'customerId' | 'type'> &
    Partial<Pick<Work, 'marketplaceId' | 'dynamicGroupId' | 'number' | 'generation' | 'items' | 'walks'>>,
  now: string,
) {
  const work: Work = {
    marketplaceId: null,
    dynamicGroupId: null,
    number: null,
    generation: 0,
    items: [],
    walks: [],
    ...asked,
    state: 'Requested',
    total: asked.walks?.length ? null : (asked.items?.length ?? null),
    done: 0,
    changed: 0,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    position: null,
    movedAt: now,
    version: 1,
  };
  return {
    work,
    write: { do: 'create', item: workItem(work) } satisfies Write,
    announcement: announce(workRequested, asked.customerId, { operationId: work.id, done: 0 }),
    location: `/v1/customers/${work.customerId}/catalogue-operations/${work.id}`,
  };
}

/** One step onward: how many were looked at and changed, and what is left. */
export function onward(
  work: Work,
  step: { done: number; changed: number; now: string } & Partial<
    Pick<Work, 'items' | 'walks' | 'position' | 'total' | 'state'>
  >,
): Work {
  const { now, done, changed, ...rest } = step;
  const left = { items: rest.items ?? work.items, walks: rest.walks ?? work.walks };
  const finished = left.items.length + left.walks.length === 0;
  return {
    ...work,
    ...rest,
    state: rest.state ?? (finished ? 'Provisioned' : 'InProgress'),
    done: work.done + done,
    changed: work.changed + changed,
    startedAt: work.startedAt ?? now,
    finishedAt: finished ? now : null,
    movedAt: now,
    version: work.version + 1,
  };
}

const patienceMs = 15 * 60_000;

/** What callers see; `settled` is the generation that everyone's row has followed. */
export function viewWork(work: Work, at: { settled: number; now: string }): CatalogueOperation {
  const { customerId, generation, number, items, walks, position, movedAt, version, ...shown } = work;
  const stalled = work.finishedAt === null && Date.parse(at.now) - Date.parse(movedAt) > patienceMs;
  const followed = work.state === 'Pending' && at.settled >= generation;
  return {
    ...shown,
    state: followed ? 'Provisioned' : work.state,
    stalledSince: stalled ? movedAt : null,
  };
}
