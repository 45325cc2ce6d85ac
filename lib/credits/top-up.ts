import { type Announcement, announce } from '../kit/event.ts';
import { topUpDue, topUpStopped } from './events.ts';
import type { TopUp } from './settings.ts';

const minuteMs = 60_000;

interface State {
  readonly minute: number;
  readonly count: number;
  /** The cap of that day was told. */
  readonly told: boolean;
}

/** Text that an entry keeps: minute (base 36), how many that day, `!` once the cap was told. */
const pack = ({ minute, count, told }: State) => `${minute.toString(36)}.${count}${told ? '!' : ''}`;

function unpack(text: string | undefined): State {
  const [minute = '', rest = '0'] = text?.split('.') ?? [];
  return {
    minute: Number.parseInt(minute || '0', 36),
    count: Number.parseInt(rest, 10),
    told: rest.endsWith('!'),
  };
}

export interface Lowered {
  readonly customerId: string;
  readonly entryId: string;
  readonly balance: number;
  readonly at: string;
}

/**
 * Whether an entry that leaves the balance too low asks for a top-up: not within the cool-down, not beyond the cap of
 * the day (UTC); that the cap stops it is said once a day. What was asked counts, carried out or not.
 */
export function askTopUp(
  { topUp, state }: { topUp: TopUp | null; state: string | undefined },
  { customerId, entryId, balance, at }: Lowered,
): { state: string | undefined; announcements: Announcement[] } {
  if (!topUp || balance >= topUp.below) return { state, announcements: [] };
  const minute = Math.floor(Date.parse(at) / minuteMs);
  const last = unpack(state);
  if (minute - last.minute < topUp.cooldownMinutes) return { state, announcements: [] };
  const sameDay = Math.floor(minute / 1440) === Math.floor(last.minute / 1440);
  const count = sameDay ? last.count : 0;
  const { below, amount, maxPerDay } = topUp;
  if (count < maxPerDay) {
    const due = announce(topUpDue, customerId, { entryId, balance, below, amount });
    return { state: pack({ minute, count: count + 1, told: false }), announcements: [due] };
  }
  if (last.told) return { state, announcements: [] };
  const stopped = announce(topUpStopped, customerId, { balance, below, amount, maxPerDay });
  return { state: pack({ ...last, told: true }), announcements: [stopped] };
}
