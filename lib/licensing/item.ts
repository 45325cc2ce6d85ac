import * as z from 'zod';
import { monitoredItemKey, nameEntry } from '../kit/keys.ts';
import type { Item as StoredItem, Write } from '../kit/plan.ts';
import { id, line } from '../kit/text.ts';
import { type ResourceType, resourceType } from './resource.ts';

/** Most items that one request may add or move: with meters and pools they fit one transaction. */
export const mostItems = 60;

export const itemState = z.enum(['MANAGED', 'UNMANAGED']);
export const itemReason = z
  .enum(['ALLOCATION_EXHAUSTED', 'BY_REQUEST', 'LIMIT_LOWERED'])
  .describe('Why it is not monitored');

/** Something in a customer's network that takes a licence while it is MANAGED. */
export const item = z.strictObject({
  id: z.string().describe('`itm_…`'),
  type: resourceType,
  name: z.string(),
  externalId: z.string().nullable().describe('Its id where it was discovered'),
  probeId: z.string().nullable().describe('The probe that reports it; null: added by people'),
  state: itemState,
  reason: itemReason.nullable(),
  stateSince: z.string(),
  createdAt: z.string(),
});
export type MonitoredItem = z.infer<typeof item>;

export const itemSummary = item.pick({
  id: true,
  type: true,
  name: true,
  state: true,
  reason: true,
  stateSince: true,
});

const newItem = z.strictObject({
  type: resourceType,
  name: line(200),
  externalId: line(200).optional(),
});

export const newItems = z.strictObject({
  items: z
    .array(newItem)
    .min(1)
    .max(mostItems)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      for (const [at, { type, externalId }] of list.entries()) {
        const key = JSON.stringify([type, externalId]);
        if (externalId !== undefined && seen.has(key))
          context.addIssue({
            code: 'custom',
            path: [at, 'externalId'],
            message: 'is given twice for this type',
          });
        seen.add(key);
      }
    }),
});

export const itemIds = z.strictObject({
  ids: z
    .array(id('item'))
    .min(1)
    .max(mostItems)
    .refine((list) => new Set(list).size === list.length, 'names an item twice'),
});

/** An item with the version it is stored at. */
export interface Kept extends MonitoredItem {
  readonly customerId: string;
  readonly version: number;
}

const stored = item.omit({ stateSince: true }).extend({ at: z.string(), version: z.number() }).strip();

export function toKept(raw: Readonly<Record<string, unknown>>, customerId: string): Kept {
  const { at, ...rest } = stored.parse({
    ...raw,
    reason: raw.summary ?? null,
    externalId: raw.externalId ?? null,
    probeId: raw.probeId ?? null,
  });
  return { ...rest, customerId, stateSince: at };
}

export function viewItem({ customerId: _customer, version: _version, ...view }: Kept): MonitoredItem {
  return view;
}

/** A row of a list; index entries carry no more than this. */
export function viewRow(raw: Readonly<Record<string, unknown>>): z.infer<typeof itemSummary> {
  return itemSummary.parse({
    id: raw.id,
    type: raw.type,
    name: raw.name,
    state: raw.state,
    reason: raw.summary ?? null,
    stateSince: raw.at,
  });
}

/** True for an item that is not monitored because no licence was left for it: not for what somebody stopped. */
export function isWaiting({ state, reason }: Pick<Kept, 'state' | 'reason'>): boolean {
  return state === 'UNMANAGED' && reason !== 'BY_REQUEST';
}

/** The item in another state, since `now`. */
export function inState(kept: Kept, to: { state: Kept['state']; reason: Kept['reason']; now: string }): Kept {
  const { state, reason, now } = to;
  return { ...kept, state, reason, stateSince: state === kept.state ? kept.stateSince : now };
}

export function createWrite(kept: Kept): Write {
  return { do: 'create', item: toItem(kept, 1) };
}

export function replaceWrite(kept: Kept): Write {
  return { do: 'replace', item: toItem(kept, kept.version + 1), version: kept.version };
}

export function removeWrite({ customerId, id, version }: Kept): Write {
  return { do: 'remove', key: monitoredItemKey(customerId, id), version };
}

function toItem(kept: Kept, version: number): StoredItem & { version: number } {
  const { customerId, stateSince, reason, externalId, probeId, ...rest } = kept;
  return {
    ...monitoredItemKey(customerId, kept.id),
    ...nameEntry(customerId, 'ITEM', place(kept), kept.id),
    ...rest,
    ...(reason === null ? {} : { summary: reason }),
    ...(externalId === null ? {} : { externalId }),
    ...(probeId === null ? {} : { probeId }),
    kind: 'item',
    at: stateSince,
    version,
  };
}

const place = ({ type, state, stateSince }: { type: ResourceType; state: string; stateSince: string }) =>
  `${type}#${state}#${stateSince}`;
