import type { Announcement } from '../kit/event.ts';
import { dueLotsKey } from '../kit/keys.ts';
import { refuse, type Write } from '../kit/plan.ts';
import type { Actor } from '../kit/scope.ts';
import { judge } from './alerts.ts';
import { type Entry, type EntryType, effectOf, entryId, given, hashOf, type Line, toItem } from './entry.ts';
import { add, divide, type Lot, ordinary, pack, special, total, unpack } from './lots.ts';
import { mark, perDay } from './pace.ts';
import { outOfBounds } from './problems.ts';
import { emptyRing, remember } from './ring.ts';
import { keep, type Settings, settingsIn } from './settings.ts';
import { askTopUp } from './top-up.ts';

/** Balances and amounts stay within ±10^12: sums are exact. */
export const mostCredits = 1_000_000_000_000;

/** The customer's ledger as a decision sees it: its newest entry, or null before the first. */
export interface Ledger {
  readonly customerId: string;
  readonly head: Entry | null;
}

/** Who appends, and when. */
export interface By {
  readonly actor: Actor;
  readonly now: string;
}

/** What an entry says besides what follows from the one before. `lots` are the open ones after it. */
export interface Draft {
  readonly type: EntryType;
  readonly amount: number;
  readonly lots: readonly Lot[];
  readonly parts?: readonly Lot[];
  readonly reason?: string | undefined;
  readonly ticketId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly serviceId?: string | undefined;
  readonly personId?: string | undefined;
  readonly lines?: Line[] | undefined;
  readonly refundOf?: string | undefined;
  readonly peer?: string;
  /** What the parent has handed on less what it took back, where this changes it. */
  readonly handed?: string | undefined;
  readonly settings?: Settings;
}

/** A ledger made ready for one more entry: what was due to expire is booked. */
export interface Opened extends Ledger {
  /** When the next entry is made. */
  readonly at: string;
  /** Entries still to be written before it. */
  readonly booked: readonly Entry[];
  readonly announcements: readonly Announcement[];
  readonly settings: Settings;
  readonly balance: number;
  readonly lots: readonly Lot[];
}

/** A ledger with what was appended to it. */
export interface Appended {
  readonly entry: Entry;
  readonly writes: readonly Write[];
  /** Which of the writes is the entry that announces. */
  readonly outbox: number;
  readonly announcements: readonly Announcement[];
}

/** All open lots in burn order; none below zero. */
export function lotsOf(head: Entry | null): Lot[] {
  if (!head || head.balance <= 0) return [];
  const kept = unpack(head.lots);
  return add(kept, [ordinary(head.balance - total(kept))]);
}

const later = (at: string, ms = 1) => new Date(Date.parse(at) + ms).toISOString();

/** Books what is due. Entries stand a millisecond apart at least, so their moments are a key. */
export function open(ledger: Ledger, by: By): Opened {
  const { head, customerId } = ledger;
  const at = head && head.at >= by.now ? later(head.at) : by.now;
  const lots = lotsOf(head);
  const { due } = divide(lots, at);
  const opened = { customerId, settings: settingsIn(head) };
  if (due.length === 0) {
    return { ...opened, head, at, booked: [], announcements: [], balance: head?.balance ?? 0, lots };
  }
  // The entry after this one is a millisecond later: what ends right then goes with it.
  const atOnce = divide(lots, later(at));
  const bookedAt = atOnce.due.length > due.length ? later(at) : at;
  const { due: over, good } = divide(lots, bookedAt);
  const draft = { type: 'EXPIRE', amount: total(over), lots: good, parts: over } as const;
  const { entry, announcements } = link({ customerId, head }, draft, { ...by, at: bookedAt });
  return {
    ...opened,
    head: entry,
    at: later(bookedAt),
    booked: [entry],
    announcements,
    balance: entry.balance,
    lots: good,
  };
}

/** Appends an entry to an opened ledger. */
export function close(opened: Opened, draft: Draft, by: By): Appended {
  const { customerId, head, at, booked } = opened;
  const made = link({ customerId, head }, draft, { ...by, at });
  const entries = [...booked, made.entry];
  return {
    entry: made.entry,
    writes: [
      ...entries.map((entry): Write => ({ do: 'create', item: toItem(customerId, entry) })),
      ...dueWrites(opened, draft),
    ],
    outbox: entries.length - 1,
    announcements: [...opened.announcements, ...made.announcements],
  };
}

/** The entries of an opened ledger alone: what was due. */
export function onlyBooked({ customerId, booked, announcements }: Opened): Appended | undefined {
  const entry = booked.at(-1);
  if (!entry) return undefined;
  return { entry, writes: [{ do: 'create', item: toItem(customerId, entry) }], outbox: 0, announcements };
}

/** Notes in which hour lots that come in fall due: once per hour that no open lot names. */
function dueWrites({ customerId, lots, head }: Opened, draft: Draft): Write[] {
  if (draft.type !== 'GRANT' && draft.type !== 'TRANSFER_IN') return [];
  const known = new Set(lots.map(({ expiresAt }) => expiresAt));
  const fresh = new Set(special(draft.lots).map(({ expiresAt }) => expiresAt));
  return [...fresh].flatMap((expiresAt): Write[] => {
    if (expiresAt === null || known.has(expiresAt)) return [];
    const entry = entryId(head?.at ?? '0');
    const key = dueLotsKey({ expiresAt, customerId, entry });
    return [{ do: 'create', item: { ...key, kind: 'dueLots', customerId } }];
  });
}

function link(
  { customerId, head }: Ledger,
  draft: Draft,
  { actor, at }: { actor: Actor; at: string },
): { entry: Entry; announcements: Announcement[] } {
  const { settings = settingsIn(head), lots, parts = [], handed = head?.handed, ...rest } = draft;
  const effect = effectOf(rest);
  const balance = (head?.balance ?? 0) + effect;
  if (Math.abs(balance) > mostCredits) refuse(outOfBounds);
  const previousAt = head?.at ?? '0';
  const seq = (head?.seq ?? 0) + 1;
  const before = head?.burned ?? 0;
  const burned = before + (rest.type === 'DEBIT' || rest.type === 'REFUND' ? -effect : 0);
  const pace = mark(head?.pace ?? '', before, at);
  const meter = { customerId, settings, balance, perDay: perDay(pace, burned, at), bands: head?.bands ?? {} };
  const judged = judge(meter, at);
  const lowered = { customerId, entryId: entryId(previousAt), balance, at };
  const topUp = askTopUp({ topUp: settings.topUp, state: head?.toppedUp }, lowered);
  const ring = { ring: head?.ring ?? emptyRing.ring, floor: head?.floor ?? emptyRing.floor };
  const entry: Entry = {
    ...given(rest),
    type: rest.type,
    amount: rest.amount,
    seq,
    previousAt,
    at,
    balance,
    actor: { ...actor },
    burned,
    pace,
    ...keep(settings),
    settingsSeq: draft.settings ? seq : (head?.settingsSeq ?? 0),
    bands: judged.bands,
    ...given({
      handed,
      daysLeft: judged.daysLeft,
      toppedUp: topUp.state,
      lots: pack(lots) || undefined,
      parts: pack(parts) || undefined,
    }),
    ...(rest.requestId ? remember(ring, rest.requestId, previousAt) : ring),
    prev: head ? hashOf(head) : '',
  };
  return { entry, announcements: [...judged.announcements, ...topUp.announcements] };
}
