import * as z from 'zod';
import { type Key, partition } from '../kit/keys.ts';
import { type Move, placed } from '../kit/move.ts';
import type { Node } from '../kit/scope.ts';
import { id, line } from '../kit/text.ts';

const actor = z
  .object({
    id: z.string(),
    kind: z.string(),
    home: z.string(),
    onBehalfOf: z.string().optional().describe('In a delegated session: the customer'),
    session: z.string().optional(),
    reason: z.string().optional().describe('Why the session was opened'),
    ticket: z.string().optional(),
  })
  .describe('Who did it, where they belong, and for whom if not for themselves');

/** One thing that was done: as a list shows it. */
export const auditEvent = z.strictObject({
  id: z.string().describe('`aud_…`; sorts by time'),
  at: z.string(),
  action: z.string().describe('`<context>.<verb>`'),
  subject: z.string().describe('Id of what it was done to'),
  nodeId: z.string().describe('The provider or customer in whose record it stands'),
  actor,
});
export type AuditEvent = z.infer<typeof auditEvent>;

const values = z.record(z.string(), z.unknown()).nullable();

/** One thing that was done, in full. */
export const fullAuditEvent = auditEvent.extend({
  before: values.describe('What differed, as it was'),
  after: values.describe('What differed, as it is since'),
  reason: z.string().nullable(),
  ticketId: z.string().nullable(),
  requestId: z.string().nullable(),
  announced: z
    .array(z.strictObject({ id: z.string(), type: z.string() }))
    .describe('Events that told others'),
});
export type FullAuditEvent = z.infer<typeof fullAuditEvent>;

/** What a list may be narrowed to, besides time and node. */
export const auditFilters = {
  action: z
    .string()
    .max(80)
    .regex(/^[a-z_]+(\.[a-z_]+)?$/, 'must be an action, or the part before its dot')
    .optional()
    .describe('An action (`customers.add`), or the part before its dot (`customers`)'),
  subject: line(100).optional().describe('Id of what it was done to'),
  actor: line(100).optional().describe('Id of who did it, or on whose behalf'),
  session: id('accessSession').optional().describe('What was changed in a delegated session'),
};
export type AuditFilters = {
  readonly [F in keyof typeof auditFilters]?: string | undefined;
};

/** True when an entry is what the filters ask for. */
export function matches(entry: AuditEvent, filters: AuditFilters): boolean {
  const { action, subject, actor: who, session } = filters;
  return (
    (action === undefined || entry.action === action || entry.action.startsWith(`${action}.`)) &&
    (subject === undefined || entry.subject === subject) &&
    (who === undefined || entry.actor.id === who || entry.actor.onBehalfOf === who) &&
    (session === undefined || entry.actor.session === session)
  );
}

/** True when any filter applies that no key knows. */
export const filtered = ({ action, subject, actor: who, session }: AuditFilters): boolean =>
  [action, subject, who, session].some((one) => one !== undefined);

const stored = z.object({
  PK: z.string(),
  id: z.string(),
  at: z.string(),
  action: z.string(),
  subject: z.string(),
  actor,
});

/**
 * An entry as a node reads it: why people of a partner came is told to the customer and that partner's line alone, not
 * to one that looks after the customer since.
 */
export function seenFrom<E extends AuditEvent>(homeId: string, entry: E, path: string): E {
  const { actor: who, nodeId, action } = entry;
  const line = path.split('/');
  const above = line.indexOf(homeId);
  const own = nodeId === homeId || who.home === nodeId || who.kind !== 'person';
  if (own || (above >= 0 && above <= line.indexOf(who.home))) return entry;
  const about = action.startsWith('access.');
  if (who.session === undefined && !about) return entry;
  const { reason: _, ticket: __, ...rest } = who;
  const silent = about && 'after' in entry ? { before: null, after: null, reason: null, ticketId: null } : {};
  return { ...entry, ...silent, actor: rest };
}

/** A stored entry, or what the index knows of it. */
export function toAuditEvent(item: Readonly<Record<string, unknown>>): AuditEvent {
  const { PK, ...rest } = stored.parse(item);
  return { ...rest, nodeId: nodeOf({ PK }) };
}

/** In whose record an entry stands: its partition is `T#<node>#AUDIT`. */
export const nodeOf = ({ PK }: Pick<Key, 'PK'>): string => PK.slice(partition('').length, -'#AUDIT'.length);

const storedInFull = z.object({
  before: values.default(null),
  after: values.default(null),
  reason: z.string().nullable().default(null),
  ticketId: z.string().nullable().default(null),
  requestId: z.string().nullable().default(null),
  ev: z.string().default('[]'),
});
const announced = z.array(z.object({ id: z.string(), type: z.string() }));

export function toFullAuditEvent(item: Readonly<Record<string, unknown>>): FullAuditEvent {
  const { ev, ...rest } = storedInFull.parse(item);
  return { ...toAuditEvent(item), ...rest, announced: announced.parse(JSON.parse(ev)) };
}

/** True when a stored node is `home` or below it. */
export function isBelow(
  home: Node,
  node: Readonly<Record<string, unknown>> | undefined,
  move?: Move,
): boolean {
  return placed(String(node?.path ?? '').split('/'), move)[home.path.length - 1] === home.id;
}

/** True when an entry stands in the record of `home`, or of a node below it. */
export function belongsTo(home: Node, item: Readonly<Record<string, unknown>>): boolean {
  const own = partition(home.id, 'AUDIT');
  return item.PK === own || item.G1 === own;
}
