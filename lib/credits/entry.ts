import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { entryKey } from '../kit/keys.ts';
import type { Item } from '../kit/plan.ts';
import { unpack } from './lots.ts';

export const entryTypes = [
  'GRANT',
  'DEBIT',
  'REFUND',
  'ADJUST',
  'TRANSFER_IN',
  'TRANSFER_OUT',
  'EXPIRE',
  'SETTINGS',
] as const;
export type EntryType = (typeof entryTypes)[number];

const line = z.strictObject({
  amount: z.number(),
  serviceId: z.string().optional(),
  personId: z.string().optional(),
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
  /** Who consumed. */
  personId: z.string().optional(),
  lines: z.array(line).optional(),
  refundOf: z.string().optional(),
  /** The entry of the other ledger that a transfer is linked to: `<customer id>/<entry id>`. */
  peer: z.string().optional(),
  /** Credits that one reseller handed on less those that it took back; packed. */
  handed: z.string().optional(),
  /** Lots beside the ordinary one that the amount came from or went to, packed. */
  parts: z.string().optional(),
  /** Open lots beside the ordinary one, packed; the rest of the balance is ordinary. */
  lots: z.string().optional(),
  /** What had been burned by when, packed: the pace of consumption without a look back. */
  pace: z.string().optional(),
  /** Credits debited less credits refunded since the beginning. */
  burned: z.number(),
  alertLimit: z.number().nullable(),
  rearmPercent: z.number(),
  blockBelowZero: z.boolean(),
  /** Absent: no alert by days left. */
  daysLeftAlert: z.number().optional(),
  /** What that alert compared: days that the balance lasts; absent where no pace is known. */
  daysLeft: z.number().optional(),
  /** Below, amount, cool-down in minutes, most per day; absent: no automatic top-up. */
  topUp: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  /** When the last top-up was asked for, how many that day, and whether the cap was told; packed. */
  toppedUp: z.string().optional(),
  settingsSeq: z.number(),
  bands: z.record(z.string(), z.string().nullable()),
  ring: z.string(),
  floor: z.string(),
  prev: z.string(),
});
export type Entry = z.infer<typeof entry>;

/** The item of an entry: the key binds it to exactly one predecessor. */
export function toItem(customerId: string, value: Entry): Item {
  const { previousAt, ring, floor, prev, ...rest } = value;
  const bytes = {
    ring: Buffer.from(ring, 'base64url'),
    floor: Buffer.from(floor, 'hex'),
    prev: Buffer.from(prev, 'base64url'),
  };
  return { ...entryKey(customerId, previousAt), kind: 'entry', ...rest, ...bytes };
}

const encodings = { ring: 'base64url', floor: 'hex', prev: 'base64url' } as const;

/** A stored entry. */
export function toEntry(item: Readonly<Record<string, unknown>>): Entry {
  const texts = Object.entries(encodings).map(([name, encoding]) => {
    const value = item[name];
    return [name, value instanceof Uint8Array ? Buffer.from(value).toString(encoding) : value];
  });
  return entry.parse({ ...item, ...Object.fromEntries(texts), previousAt: item.SK });
}

/** What the next entry keeps as `prev`. Covers every attribute of the entry, its own `prev` included. */
export function hashOf(value: Entry): string {
  return digest('entry', canonical(value));
}

/** What an entry adds to the balance. */
export function effectOf({ type, amount }: Pick<Entry, 'type' | 'amount'>): number {
  return type === 'DEBIT' || type === 'TRANSFER_OUT' || type === 'EXPIRE' ? -amount : amount;
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

export const lotView = z.strictObject({
  amount: z.number(),
  priority: z.number().describe('0 burns first, 9 last'),
  expiresAt: z.string().nullable().describe('null: never'),
});

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
  personId: z.string().optional().describe('Who consumed'),
  lines: z.array(line).optional(),
  refundOf: z.string().optional(),
  peer: z
    .strictObject({ customerId: z.string(), entryId: z.string() })
    .optional()
    .describe('The linked entry of the other ledger of a transfer'),
  parts: z
    .array(lotView)
    .optional()
    .describe('What of the amount is not ordinary credits: the lots it came from or went to'),
  at: z.string(),
});
export type EntryView = z.infer<typeof entryView>;

export function viewOf(customerId: string, value: Entry): EntryView {
  const { seq, type, amount, balance, at } = value;
  const { reason, ticketId, requestId, serviceId, personId, lines, refundOf } = value;
  const { id, kind, onBehalfOf } = value.actor;
  const [peerCustomer = '', peerEntry = ''] = value.peer?.split('/') ?? [];
  return {
    entryId: entryId(value.previousAt),
    seq,
    customerId,
    type,
    amount,
    balanceBefore: balance - effectOf(value),
    balanceAfter: balance,
    actor: { id, kind, ...(onBehalfOf ? { onBehalfOf } : {}) },
    ...given({ reason, ticketId, requestId, serviceId, personId, lines, refundOf }),
    ...(value.peer ? { peer: { customerId: peerCustomer, entryId: peerEntry } } : {}),
    ...(value.parts ? { parts: unpack(value.parts) } : {}),
    at,
  };
}

/** Only what is there. */
export function given<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
