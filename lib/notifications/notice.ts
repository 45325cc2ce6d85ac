import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { prefixes } from '../kit/id.ts';
import { messageKey, noticeKey } from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Item, Plan, Write } from '../kit/plan.ts';
import { canonicalEmail, email } from '../kit/text.ts';
import { type Alert, alertItem, isGraver, snoozeAt } from './alert.ts';
import { type Delivery, deliveryItem, deliveryView, viewDelivery } from './delivery.ts';
import type { Message } from './emails.ts';
import { snoozeEnded } from './events.ts';

export const noticeKinds = [
  'REACHED',
  'RECOVERED',
  'OVER_LIMIT',
  'WITHIN_LIMIT',
  'TOP_UP_STOPPED',
  'APPROVAL_WAITING',
  'PROBE_WAITS',
  'PROBE_CLONED',
  'ENROLMENT_REFUSED',
  'MACHINE_CLONED',
  'LICENCE_ENDS',
  'LICENCE_ENDED',
  'IMPORT_ASKED',
  'IMPORT_ANSWERED',
  'IMPORT_CONFIRMED',
  'IMPORT_LINK_VOID',
  'IMPORT_TRIED',
  'LEAVE_WISHED',
  'ACCESS_ASKED',
  'ACCESS_CHANGED',
  'ACCESS_ENDS',
  'ENTRY_WAITS',
  'SESSION_REFUSED',
  'ADMINISTRATION_CHANGED',
  'ADDED_BY_PARTNER',
  'REMOVED',
  'SAMPLE',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** What was told, once per event. Its text and its deliveries stand beside it. */
export const notice = z.object({
  id: z.string(),
  kind: z.enum(noticeKinds),
  at: z.string(),
  alerts: z.array(z.string()),
  subject: z.string(),
  recipients: z.number(),
  recipientsOmitted: z.number(),
  snoozed: z.boolean(),
  attempt: z.number(),
  eventId: z.string(),
  version: z.number(),
});
export type Notice = z.infer<typeof notice>;

/** More recipients than this are counted, not mailed. */
export const mostRecipients = 80;
/** One transaction holds a notice: itself, text, receipt, deliveries, and as many alerts as are left of 100. */
const mostAlerts = 100 - 3 - mostRecipients;

/** The same event always makes the same notice. */
export function noticeIdOf(eventId: string): string {
  return `${prefixes.notice}_${eventId.slice(-26)}`;
}

export function toNotice(item: Readonly<Record<string, unknown>>): Notice {
  return notice.parse({ ...item, kind: item.noticeKind });
}

export function noticeItem(tenantId: string, { kind, ...rest }: Notice): Item & { version: number } {
  return { ...noticeKey(tenantId, rest.id), kind: 'notice', noticeKind: kind, ...rest };
}

export interface Telling {
  readonly tenantId: string;
  readonly eventId: string;
  readonly kind: NoticeKind;
  /** When it happened. */
  readonly at: string;
  readonly alerts: readonly string[];
  readonly message: Message;
  readonly recipients: readonly string[];
  /** What is kept of the alerts of the same meter. */
  readonly known: readonly Alert[];
}

/**
 * Records a notice with one delivery per recipient, still to be sent, or suppressed when every alert it tells of
 * is snoozed. Reaching a threshold ends the snoozes of the lesser thresholds of its meter.
 */
export function tell(telling: Telling, now: string): Plan {
  const { tenantId, kind, at, alerts, message } = telling;
  const all = distinct(telling.recipients);
  const snoozed = alerts.length > 0 && alerts.every((id) => snoozeAt(find(telling, id), at));
  const made: Notice = {
    id: noticeIdOf(telling.eventId),
    kind,
    at,
    alerts: [...alerts],
    subject: message.subject,
    recipients: Math.min(all.length, mostRecipients),
    recipientsOmitted: Math.max(0, all.length - mostRecipients),
    snoozed,
    attempt: 1,
    eventId: telling.eventId,
    version: 1,
  };
  const ended = kind === 'REACHED' ? endedSnoozes(telling) : [];
  return {
    writes: [
      { do: 'create', item: noticeItem(tenantId, made) },
      { do: 'create', item: { ...messageKey(tenantId, made.id), kind: 'message', ...message } },
      ...all.slice(0, mostRecipients).map((recipient): Write => {
        const first = { noticeId: made.id, recipient, attempt: 1 };
        return { do: 'create', item: deliveryItem(tenantId, fresh(first, { snoozed, now })) };
      }),
      ...keepAlerts(telling, made, ended),
    ],
    receipt: {
      action: 'notices.record',
      subject: made.id,
      tenantId,
      after: { alerts: made.alerts, kind, recipients: made.recipients, snoozed, endedSnoozes: ended },
    },
    announcements: ended.map((alertId) =>
      announce(snoozeEnded, tenantId, { alertId, because: 'GRAVER_THRESHOLD' }),
    ),
    reply: {},
  };
}

const find = ({ known }: Telling, id: string) => known.find((one) => one.id === id);

/** The gravest first, as many as one transaction holds: lesser ones end at the next notice. */
function endedSnoozes({ known, alerts, at }: Telling): string[] {
  const ended = known
    .filter((one) => snoozeAt(one, at) && alerts.some((id) => isGraver(id, one.id)))
    .map(({ id }) => id)
    .sort((one, other) => (isGraver(one, other) ? -1 : isGraver(other, one) ? 1 : 0));
  const others = ended.filter((id) => !alerts.includes(id)).slice(0, Math.max(0, mostAlerts - alerts.length));
  return ended.filter((id) => alerts.includes(id) || others.includes(id));
}

function keepAlerts(telling: Telling, made: Notice, ended: readonly string[]): Write[] {
  const { tenantId, alerts, at, kind } = telling;
  const touched = new Set([...alerts, ...ended]);
  return [...touched].map((id): Write => {
    const before = find(telling, id);
    const isNews = alerts.includes(id) && !(before?.lastNotice && before.lastNotice.at > at);
    const after: Alert = {
      id,
      version: (before?.version ?? 0) + 1,
      snooze: ended.includes(id) ? null : (before?.snooze ?? null),
      lastNotice:
        isNews && (kind === 'REACHED' || kind === 'RECOVERED')
          ? { id: made.id, at, kind }
          : (before?.lastNotice ?? null),
    };
    const item = alertItem(tenantId, after);
    return before ? { do: 'replace', version: before.version, item } : { do: 'create', item };
  });
}

/** One spelling per address, in the order given. */
function distinct(recipients: readonly string[]): string[] {
  return [...new Map([...recipients].reverse().map((one) => [canonicalEmail(one), one])).values()].reverse();
}

/** A delivery that waits to be sent, or that is told to nobody. */
export function fresh(
  first: { noticeId: string; recipient: string; attempt: number },
  by: { snoozed: boolean; now: string },
): Delivery {
  const base = { ...first, recipientHash: emailHash(first.recipient), version: 1, at: by.now };
  if (!email.safeParse(first.recipient).success) {
    return { ...base, state: 'FAILED', reason: 'The recipient is not an e-mail address' };
  }
  return by.snoozed
    ? { ...base, state: 'SUPPRESSED', why: 'SNOOZE' }
    : { ...base, state: 'PENDING', leaseUntil: null };
}

export const noticeView = z.strictObject({
  id: z.string(),
  kind: z
    .enum(noticeKinds)
    .describe(
      'REACHED: thresholds were crossed, or a probe fell silent; RECOVERED: back across the re-arm level, or heard again; OVER_LIMIT, WITHIN_LIMIT: use went beyond a soft limit or the seats of running licences, or came back; LICENCE_ENDS, LICENCE_ENDED: a licence of a product ends within 30, 7 or 1 days, or has ended; TOP_UP_STOPPED: the automatic top-up reached its cap of the day; APPROVAL_WAITING: somebody requested what has to be approved; PROBE_WAITS: a probe enrolled and has to be approved; PROBE_CLONED: its key pair was used on another machine; ENROLMENT_REFUSED: so many enrolments were refused that the key, or an installation package, is void; MACHINE_CLONED: the key pair of a machine was used on another one; IMPORT_ASKED: a partner asks to look after the account, with a link that stands in the mail alone; IMPORT_CONFIRMED: an administrator let it in; IMPORT_TRIED, IMPORT_LINK_VOID: somebody else tried the link, or tried it until it ended; IMPORT_ANSWERED: what a partner asked for has ended; LEAVE_WISHED: a customer wishes to go to another partner; ADDED_BY_PARTNER: a partner added the customer; REMOVED: a partner removed the customer; ACCESS_ASKED, ACCESS_CHANGED, ACCESS_ENDS: the partner’s access to the console was asked for, changed, or ends within 14 or 3 days or has ended; ENTRY_WAITS: somebody of the partner waits to be let in; SESSION_REFUSED: a session’s token was used wrongly; ADMINISTRATION_CHANGED: somebody from above changed who administers the customer',
    ),
  at: z.string().describe('When it happened'),
  alerts: z.array(z.string()).describe('Every alert that this one notice tells of'),
  subject: z.string(),
  recipients: z.number(),
  recipientsOmitted: z.number().describe(`Recipients beyond ${mostRecipients}, who are not mailed`),
  snoozed: z.boolean().describe('Told nobody, as all its alerts were snoozed'),
  attempt: z.number().describe('How often it was sent, resends included'),
});
export type NoticeView = z.infer<typeof noticeView>;

export function viewNotice({ eventId: _event, version: _version, ...rest }: Notice): NoticeView {
  return rest;
}

export const wholeNotice = noticeView.extend({ text: z.string(), deliveries: z.array(deliveryView) });

export function viewWhole(
  found: Notice,
  more: { text: string; deliveries: readonly Delivery[] },
): { body: z.infer<typeof wholeNotice>; version: string } {
  const versions = more.deliveries.reduce((sum, { version }) => sum + version, 0);
  return {
    body: { ...viewNotice(found), text: more.text, deliveries: more.deliveries.map(viewDelivery) },
    version: `${found.version}.${versions}`,
  };
}
