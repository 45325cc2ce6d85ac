import { reconcilerKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';

/** What was lent, or is said to be. */
export interface Lent {
  readonly allocated: number;
  readonly shared: number;
}

/** A ledger that is being read, and what its next entry has to begin with. */
export interface Reading<Link> {
  readonly tenant: string;
  readonly after?: string | undefined;
  readonly link?: Link | undefined;
}

/** A provider whose customers are gone through. `pools` are as they stood when that began. */
export interface Root {
  readonly id: string;
  readonly after?: string | undefined;
  readonly listed: boolean;
  readonly pools: Readonly<Record<string, Lent & { readonly version: number }>>;
  readonly sums: Readonly<Record<string, Lent>>;
}

/** How far the round that is under way has come: one small item, whatever the number of customers. */
export interface Round<Link = unknown> {
  readonly round: number;
  readonly beganAt: string;
  /** When the round before ended. */
  readonly endedAt: string | null;
  readonly roots: { readonly of: 'providers' | 'unlinked' | 'end'; readonly after?: string | undefined };
  readonly root: Root | null;
  /** Tenants that are listed and still to be looked at. */
  readonly queue: readonly string[];
  readonly ledger: Reading<Link> | null;
  /** Pools that seemed wrong while they were changing: told when they are wrong by as much in the next round. */
  readonly suspects: Readonly<Record<string, string>>;
  readonly suspectedBefore: Readonly<Record<string, string>>;
  /** How many more there were than are remembered; absent in rounds that began before it was counted. */
  readonly unremembered?: number;
  readonly differences: number;
  readonly version: number;
}

/** Suspects of a round that are remembered: with those of the round before at most 170 KB of the item's 400. */
export const mostSuspects = 500;

/** Remembers that a pool seemed wrong; where there are too many, only that there was one more. */
export function suspect<Link>(round: Round<Link>, where: string, what: string): Round<Link> {
  const known = round.suspects[where];
  if (known === undefined && Object.keys(round.suspects).length >= mostSuspects)
    return { ...round, unremembered: (round.unremembered ?? 0) + 1 };
  const said = known === undefined ? what : `${known}; ${what}`;
  return { ...round, suspects: { ...round.suspects, [where]: said } };
}

/** A round begins. */
export function begin<Link>(before: Round<Link> | undefined, now: string): Round<Link> {
  return {
    round: (before?.round ?? 0) + 1,
    beganAt: now,
    endedAt: before?.endedAt ?? null,
    roots: { of: 'providers' },
    root: null,
    queue: [],
    ledger: null,
    suspects: {},
    suspectedBefore: before?.suspects ?? {},
    unremembered: 0,
    differences: 0,
    version: before?.version ?? 0,
  };
}

const restMs = 3_600_000;

/** A round has ended, and the next one begins an hour after it at the earliest. */
export function isOver({ beganAt, endedAt }: Round, now: string): boolean {
  return endedAt !== null && endedAt >= beganAt && Date.parse(now) >= Date.parse(endedAt) + restMs;
}
export const isResting = ({ beganAt, endedAt }: Round, now: string): boolean =>
  endedAt !== null && endedAt >= beganAt && Date.parse(now) < Date.parse(endedAt) + restMs;

/** Hours since a round ended last; since the first began, while none has. */
export function hoursSince({ beganAt, endedAt }: Round, now: string): number {
  return Math.max(0, (Date.parse(now) - Date.parse(endedAt ?? beganAt)) / 3_600_000);
}

export function keep(round: Round): Write {
  const { version, ...rest } = round;
  const item = { ...reconcilerKey(), kind: 'reconciler', ...rest, version: version + 1 };
  return version === 0 ? { do: 'create', item } : { do: 'replace', item, version };
}

/** Where what pools lend by their own account is not what their customers have; by type of resource. */
export function unequal(pools: Root['pools'], sums: Root['sums']): { type: string; what: string }[] {
  const types = new Set([...Object.keys(pools), ...Object.keys(sums)]);
  return [...types].flatMap((type) =>
    (['allocated', 'shared'] as const).flatMap((what) => {
      const off = (pools[type]?.[what] ?? 0) - (sums[type]?.[what] ?? 0);
      const more = `${Math.abs(off)} ${what} ${off > 0 ? 'more' : 'fewer'} than customers have`;
      return off === 0 ? [] : [{ type, what: `its pool counts ${more}` }];
    }),
  );
}

export function plus(one: Lent | undefined, other: Lent): Lent {
  return {
    allocated: (one?.allocated ?? 0) + other.allocated,
    shared: (one?.shared ?? 0) + other.shared,
  };
}
