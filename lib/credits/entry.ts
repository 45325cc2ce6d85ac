import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { entryKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';

export const entryTypes = ['GRANT', 'DEBIT', 'REFUND', 'ADJUST', 'SETTINGS'] as const;
export type EntryType = (typeof entryTypes)[number];

const line = z.strictObject({
  amount: z.number(),
  serviceId: z.string().optional(),
  reason: z.string().optional(),
});
export type Line = z.infer<typeof line>;

/** Who wrote an entry. */
const actor = z.object({
  id: z.string(),
  kind: z.string(),
  home: z.string(),
  onBehalfOf: z.string().optional(),
});

/**
 * One link of a customer's ledger. It carries everything that the next one is decided from: balance, alert
 * settings and state, the recent own keys, the running burn, and the hash of the entry before.
 */
export const entry = z.object({
  seq: z.number(),
  /** `at` of the entry before; `0` for the first. With the customer it is the primary key. */
  previousAt: z.string(),
  at: z.string(),
  type: z.enum(entryTypes),
  amount: z.number(),
  balance: z.number(),
  actor,
  reason: z.string().optional(),
  ticketId: z.string().optional(),
  requestId: z.string().optional(),
  serviceId: z.string().optional(),
  lines: z.array(line).optional(),
  refundOf: z.string().optional(),
  /** Credits debited less credits refunded since the beginning. */
  burned: z.number(),
  alertLimit: z.number().nullable(),
  rearmPercent: z.number(),
  blockBelowZero: z.boolean(),
  settingsSeq: z.number(),
  bands: z.record(z.string(), z.string().nullable()),
  ring: z.string(),
  floor: z.string(),
  prev: z.string(),
});
export type Entry = z.infer<typeof entry>;

/** The item of an entry: the key binds it to exactly one predecessor. */
export function toItem(customerId: string, value: Entry): Item {
  const { previousAt, ...rest } = value;
  return { ...entryKey(customerId, previousAt), kind: 'entry', ...rest };
}

/** A stored entry. */
export function toEntry(item: Readonly<Record<string, unknown>>): Entry {
  return entry.parse({ ...item, previousAt: item.SK });
}

/** What the next entry keeps as `prev`. Covers every attribute of the entry, its own `prev` included. */
export function hashOf(value: Entry): string {
  return digest('entry', canonical(value));
}

/** What an entry adds to the balance. */
export function effectOf({ type, amount }: Pick<Entry, 'type' | 'amount'>): number {
  return type === 'DEBIT' ? -amount : amount;
}

/** An entry's id says where it stands: the digits of `previousAt`. */
export function entryId(previousAt: string): string {
  return `ent_${previousAt === '0' ? '0'.repeat(17) : previousAt.replace(/\D/g, '')}`;
}

/** The key half that an entry id stands for. */
export function previousAtOf(id: string): string {
  const d = id.slice(4);
  if (/^0+$/.test(d)) return '0';
  return `${d.slice(0, 4)}-${d.slice(4, 6)}-${d.slice(6, 8)}T${d.slice(8, 10)}:${d.slice(10, 12)}:${d.slice(12, 14)}.${d.slice(14, 17)}Z`;
}

/** What callers see. */
export const entryView = z.strictObject({
  entryId: z.string(),
  seq: z.number(),
  customerId: z.string(),
  type: z.enum(entryTypes),
  amount: z.number().describe('Credits; for ADJUST signed, for SETTINGS 0'),
  balanceBefore: z.number(),
  balanceAfter: z.number(),
  actor: z.strictObject({ id: z.string(), kind: z.string(), onBehalfOf: z.string().optional() }),
  reason: z.string().optional(),
  ticketId: z.string().optional(),
  requestId: z.string().optional(),
  serviceId: z.string().optional(),
  lines: z.array(line).optional(),
  refundOf: z.string().optional(),
  at: z.string(),
});
export type EntryView = z.infer<typeof entryView>;

export function viewOf(customerId: string, value: Entry): EntryView {
  const { seq, type, amount, balance, at, reason, ticketId, requestId, serviceId, lines, refundOf } = value;
  const { id, kind, onBehalfOf } = value.actor;
  return {
    entryId: entryId(value.previousAt),
    seq,
    customerId,
    type,
    amount,
    balanceBefore: balance - effectOf(value),
    balanceAfter: balance,
    actor: { id, kind, ...(onBehalfOf ? { onBehalfOf } : {}) },
    ...(reason === undefined ? {} : { reason }),
    ...(ticketId === undefined ? {} : { ticketId }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(serviceId === undefined ? {} : { serviceId }),
    ...(lines === undefined ? {} : { lines }),
    ...(refundOf === undefined ? {} : { refundOf }),
    at,
  };
}
