import * as z from 'zod';
import { canonical, digest } from '../kit/digest.ts';
import { type FullAuditEvent, fullAuditEvent, nodeOf } from './entry.ts';

type Item = Readonly<Record<string, unknown>>;

/** An entry as seals know it: all that an entry shows, who acted as it was stored. */
export const sealedEntry = fullAuditEvent.extend({ actor: z.record(z.string(), z.unknown()) });
export type SealedEntry = z.infer<typeof sealedEntry>;

/** One entry as it is exported: what anybody may see of it, and a digest of whatever else is stored with it. */
export interface Row {
  readonly entry: SealedEntry;
  readonly unseen: string;
}

const shown: readonly string[] = [
  ...['PK', 'SK', 'kind', 'id', 'at', 'action', 'subject', 'actor'],
  ...['before', 'after', 'reason', 'ticketId', 'requestId'],
];
const events = z.array(z.object({ id: z.string(), type: z.string() }));
const told = (ev: unknown) => (typeof ev === 'string' ? events.parse(JSON.parse(ev)) : []);

/**
 * A stored entry as it is sealed. What stands here is version 1 for ever: an attribute that entries get later is part of
 * what is not shown.
 */
export function toRow(item: Item): Row {
  const { id, at, action, subject, actor, ev } = item as unknown as FullAuditEvent & { ev?: unknown };
  const { before = null, after = null, reason = null, ticketId = null, requestId = null } = item;
  const rest = Object.entries(item).filter(([name]) => !shown.includes(name));
  const nodeId = nodeOf({ PK: String(item.PK) });
  const entry = { id, at, action, subject, nodeId, actor, before, after, reason, ticketId, requestId };
  return {
    entry: { ...entry, announced: told(ev) } as SealedEntry,
    unseen: digest('unseen/1', canonical(Object.fromEntries(rest))),
  };
}

/** Stands where nothing can be read: no entry that is sealed says so. */
const unreadable = 'unreadable';

/**
 * A stored entry as it is found later, by whoever wrote it. What is no entry was not written so, for then it would not
 * have been sealed: it is shown with a mark, and its hash is that of no entry.
 */
export function foundRow(item: Item): Row {
  try {
    const row = toRow(item);
    sealedEntry.parse(row.entry);
    return row;
  } catch {
    return unreadableRow(item);
  }
}

function unreadableRow({ PK, SK, at, action, subject }: Item): Row {
  const text = (value: unknown) => (typeof value === 'string' ? value : unreadable);
  const entry = { id: String(SK), at: text(at), action: text(action), subject: text(subject) };
  const values = { before: null, after: null, reason: null, ticketId: null, requestId: null };
  return {
    entry: {
      ...{ ...entry, ...values, nodeId: nodeOf({ PK: String(PK) }) },
      actor: { kind: unreadable },
      announced: [{ id: unreadable, type: unreadable }],
    },
    unseen: unreadable,
  };
}

/** What a seal holds of an entry: nothing of it can change without changing this. */
export const rowHash = ({ entry, unseen }: Row): string => digest('row/1', canonical(entry), unseen);
