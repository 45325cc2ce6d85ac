import { type Announcement, announce } from '../kit/event.ts';
import { platformId } from '../kit/id.ts';
import { managementKey, memberKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { type Actor, providerOf } from '../kit/scope.ts';
import { giveWithLink } from './grant.ts';
import { type Import, type ImportObstacle, moveOn } from './import.ts';
import {
  importAnswered,
  importConfirmed,
  importLinkVoid,
  importTried,
  leaveWished,
} from './import-events.ts';
import { mostWrong, type Recipient, recipientItem } from './import-link.ts';
import { nobodyToLeave, removeFirst } from './import-problems.ts';
import { countEnded } from './open-imports.ts';
import { lookedAfterBy, type Opened } from './opened.ts';
import { terms } from './terms.ts';

export type Answer = { readonly state: 'CONFIRMED' | 'DECLINED' | 'REMOVAL_ASKED' };
type Version = { readonly version?: unknown } | undefined;

const yearDays = 365;

/** Ends an import as one who answers it, or tries to; of all at once, one does. */
function end({ link, one, open }: Opened, change: Partial<Import>, now: string): Write[] {
  return [
    moveOn(link.partnerId, one, { ...change, endedAt: now }),
    countEnded(link.partnerId, open, { id: one.id, now }),
  ];
}

/** Who acts where nobody is to be named. */
export const importsThemselves: Actor = { id: 'imports', kind: 'system', home: platformId };

/** In the partner's record; who it was and where is told once they are joined. */
function toldPartner(
  { one, partner }: Opened,
  state: 'CONFIRMED' | 'DECLINED' | 'EXPIRED',
  more: { customerId?: string; announcements?: readonly Announcement[] } = {},
): NonNullable<Plan['aside']>[number] {
  const { customerId = null, announcements = [] } = more;
  return {
    target: partner,
    ...(customerId ? {} : { actor: importsThemselves }),
    receipt: {
      action: 'imports.end',
      subject: one.id,
      before: { state: 'PENDING' },
      after: { state, ...(customerId ? { customerId } : {}) },
    },
    announcements: [
      announce(importAnswered, one.id, { importId: one.id, state, customerId }),
      ...announcements,
    ],
  };
}

function put(item: { PK: string; SK: string; kind: string }, before: Version, more: object): Write {
  const version = Number(before?.version ?? 0);
  const after = { ...item, ...more, version: version + 1 };
  return before ? { do: 'replace', item: after, version } : { do: 'create', item: after };
}

/** Joins the customer to the partner, on the terms that it was shown: all at once, or nothing. */
export function confirm(
  from: Opened,
  handover: { readonly writes: readonly Write[]; readonly announcements: readonly Announcement[] },
  now: string,
): Plan<Answer> {
  const { one, link, member } = from;
  const { customerId, personId, partnerId } = link;
  const { managementType, communications, access } = one;
  const endsAt = new Date(Date.parse(now) + yearDays * 86_400_000).toISOString();
  const providerId = providerOf(from.partner);
  return {
    writes: [
      ...end(from, { state: 'CONFIRMED', customerId }, now),
      put({ ...managementKey(customerId), kind: 'management' }, from.management, {
        managementType,
        communications,
      }),
      ...giveWithLink(
        { customerId, providerId },
        {
          item: from.grant,
          terms: terms.parse({ ...access, endsAt }),
          to: { id: partnerId, name: from.partner.name },
        },
        now,
      ),
      { do: 'check', key: memberKey(customerId, personId), version: Number(member.version) },
      ...handover.writes,
    ],
    receipt: {
      action: 'imports.confirm',
      subject: customerId,
      after: {
        importId: one.id,
        ...{ partnerId, managementType, communications, access, accessEndsAt: endsAt },
      },
    },
    announcements: [
      announce(importConfirmed, one.id, { importId: one.id, partnerId, above: [...from.above] }),
    ],
    aside: [toldPartner(from, 'CONFIRMED', { customerId, announcements: handover.announcements })],
    reply: { body: { state: 'CONFIRMED' } },
  };
}

/** Another partner must let it go first: nothing is taken out of a partner's hands behind its back. */
export function mustStandAlone({ customer }: Opened): void {
  if (lookedAfterBy(customer) !== undefined) refuse(removeFirst);
}

/** Says no; the reason goes to the partner. */
export function decline(from: Opened, reason: string | null, now: string): Plan<Answer> {
  return {
    writes: end(from, { state: 'DECLINED', reason }, now),
    receipt: { action: 'imports.decline', subject: from.one.id, after: { state: 'DECLINED' } },
    aside: [toldPartner(from, 'DECLINED')],
    reply: { body: { state: 'DECLINED' } },
  };
}

/** Has the present partner told that the customer wishes to go; once. The import waits on. */
export function askToLeave(from: Opened, now: string): Plan<Answer> {
  const { one, customer, partner, recipient } = from;
  if (lookedAfterBy(customer) === undefined) refuse(nobodyToLeave);
  const reply = { body: { state: 'REMOVAL_ASKED' } } as const;
  if (recipient.wished) return { writes: [], reply };
  return {
    writes: [changed(recipient, { wished: true }, now)],
    receipt: { action: 'imports.ask_to_leave', subject: one.id },
    announcements: [announce(leaveWished, one.id, { importId: one.id, askingName: partner.name })],
    reply,
  };
}

/** How somebody tried to answer who is not the one that was mailed. */
export type Wrongly = 'WRONG_ADDRESS' | 'ANOTHER_ACCOUNT';

/**
 * Counts a try of somebody else, which the customer's record and its administrators are told of once in an hour; with
 * the fifth the import is over, and they are told why.
 */
export function countWrong(from: Opened, how: Wrongly, now: string): Plan {
  const { recipient, one } = from;
  const wrong = recipient.wrong + 1;
  const hour = now.slice(0, 13);
  const counted = changed(recipient, { wrong, noted: hour }, now);
  if (wrong < mostWrong) {
    if (recipient.noted === hour) return { writes: [counted], reply: {} };
    const tried = { how, tries: wrong };
    return {
      writes: [counted],
      receipt: { action: 'imports.try_link', subject: one.id, after: tried },
      announcements: [announce(importTried, one.id, { importId: one.id, ...tried })],
      reply: {},
    };
  }
  return {
    writes: [counted, ...end(from, { state: 'EXPIRED' }, now)],
    receipt: { action: 'imports.void_link', subject: one.id, after: { tries: wrong } },
    announcements: [announce(importLinkVoid, one.id, { importId: one.id, tries: wrong })],
    aside: [toldPartner(from, 'EXPIRED')],
    reply: {},
  };
}

/** Keeps for the partner, in its own record, what of its own side kept a customer from confirming. */
export function noteObstacle(from: Opened, obstacle: ImportObstacle, now: string): Plan {
  const { one, link } = from;
  if (one.tried?.obstacle === obstacle) return { writes: [], reply: {} };
  const tried = { since: one.tried?.since ?? now, obstacle };
  return {
    writes: [moveOn(link.partnerId, one, { tried })],
    receipt: { action: 'imports.note_obstacle', subject: one.id, after: { tried } },
    reply: {},
  };
}

const changed = (before: Recipient, change: Partial<Recipient>, now: string): Write => ({
  do: 'replace',
  version: before.version,
  item: recipientItem({ ...before, ...change, version: before.version + 1 }, now),
});
