import * as z from 'zod';

/** A published contract: versioned name, schema of `data`, one example. */
export interface EventType<D = unknown> {
  readonly type: string;
  readonly summary: string;
  readonly data: z.ZodType<D>;
  readonly example: D;
}

/** Declares an event. Name: `<context>.<what_happened>.v<n>`. A test holds every example against its schema. */
export function event<S extends z.ZodType>(declaration: {
  type: `${string}.v${number}`;
  summary: string;
  data: S;
  example: z.output<S>;
}): EventType<z.output<S>> {
  return declaration as EventType<z.output<S>>;
}

/** An event not yet stamped with id, actor, tenant and time. */
export interface Announcement {
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

/** Announces that something happened to `subject` (an id). */
export function announce<D>(type: EventType<D>, subject: string, data: NoInfer<D>): Announcement {
  return { type: type.type, subject, data: type.data.parse(data) };
}

/** What stands on the bus as `detail`. At least once; consumers are idempotent by `id`. */
export const envelope = z.object({
  id: z.string(),
  type: z.string(),
  source: z.literal('quartermaster'),
  at: z.iso.datetime(),
  tenant: z.object({ id: z.string(), providerId: z.string(), path: z.array(z.string()) }),
  actor: z.object({
    id: z.string(),
    kind: z.string(),
    home: z.string(),
    onBehalfOf: z.string().optional(),
    session: z.string().optional(),
    reason: z.string().optional(),
    ticket: z.string().optional(),
  }),
  subject: z.string(),
  data: z.unknown(),
  traceId: z.string(),
});
export type Envelope<D = unknown> = Omit<z.infer<typeof envelope>, 'data'> & { readonly data: D };

/** An event as its outbox item keeps it in `ev`: the rest of the envelope stands beside it on the item. */
type Noted = Pick<Envelope, 'id' | 'type' | 'subject' | 'data'>;

const outboxItem = z.object({
  ev: z.string(),
  at: z.string(),
  actor: envelope.shape.actor,
  path: z.string(),
  traceId: z.string().optional(),
  requestId: z.string().optional(),
});

/** The text kept in `ev`: what is announced, each with its id. */
export function note(announcements: readonly Announcement[], newEventId: () => string): string {
  return JSON.stringify(announcements.map((one): Noted => ({ id: newEventId(), ...one })));
}

/** The whole envelopes of an outbox item (a receipt or a ledger entry); none where it announces nothing. */
export function envelopesOf(item: Readonly<Record<string, unknown>>): Envelope[] {
  if (item.ev === undefined) return [];
  const { ev, at, actor, path, requestId = '', traceId = requestId } = outboxItem.parse(item);
  const ids = path.split('/');
  const id = ids.at(-1) ?? path;
  return (JSON.parse(ev) as Noted[]).map(({ id: eventId, type, subject, data }) => ({
    id: eventId,
    type,
    source: 'quartermaster',
    at,
    tenant: { id, providerId: ids[1] ?? id, path: ids },
    actor,
    subject,
    data,
    traceId,
  }));
}
