import type { Announcement } from './event.ts';
import type { Key, NameEntry, TreeEntry } from './keys.ts';
import { Problem, type ProblemType, stale } from './problem.ts';
import type { Actor, Node } from './scope.ts';

/** A stored item: its key, its index entries, and attributes of plain JSON values (numbers are whole and safe). */
export type Item = Key & Partial<TreeEntry> & Partial<NameEntry> & { readonly [attribute: string]: unknown };

/**
 * One change. A lost race (another writer was first) makes the shell load and decide again;
 * a `taken` or `short` problem is the answer when the condition itself is the refusal.
 */
export type Write =
  /** Put an item that must not exist: `taken` refuses; without it the race is lost and the decision
   * is made again. `secret`: whether it exists is told only to who really writes; a dry run passes over it. */
  | { readonly do: 'create'; readonly item: Item; readonly taken?: Problem; readonly secret?: boolean }
  /** Put over version `version`; the item must carry `version + 1`. */
  | { readonly do: 'replace'; readonly item: Item & { readonly version: number }; readonly version: number }
  /** Put an item that must not exist or whose `expiresAt` (epoch seconds) has passed: claims whose time is over. */
  | {
      readonly do: 'overwrite';
      readonly item: Item & { readonly expiresAt: number };
      readonly expiredBefore: number;
    }
  /** Delete; with `version` only that version, with `where` only while its attributes say so. */
  | {
      readonly do: 'remove';
      readonly key: Key;
      readonly version?: number;
      readonly where?: Readonly<Record<string, string | number>>;
    }
  /**
   * Add to number attributes without reading them; each in `atLeast` must be ≥ its floor and each in `atMost` ≤ its
   * ceiling before, and the item at `version` where one is given. Else `short`; without it the race is lost and the
   * decision is made again. `set` is written beside, whatever it was.
   */
  | {
      readonly do: 'adjust';
      readonly key: Key;
      readonly add: Readonly<Record<string, number>>;
      readonly set?: Readonly<Record<string, string>>;
      readonly atLeast?: Readonly<Record<string, number>>;
      readonly atMost?: Readonly<Record<string, number>>;
      readonly version?: number;
      readonly short?: Problem;
    }
  /**
   * Set attributes of an item (null removes one) where others still have the values that the decision saw (null:
   * absent); everything else of it stays. Else `short`; without it the race is lost and the decision is made again.
   * For items that others change without reading them: their changes are not undone. `orNew`: one that is not there
   * says nothing yet, and is there then.
   */
  | {
      readonly do: 'amend';
      readonly orNew?: boolean;
      readonly key: Key;
      readonly set: Readonly<Record<string, unknown>>;
      readonly where: Readonly<Record<string, string | number | boolean | null>>;
      readonly short?: Problem;
    }
  /** Assert that an item still has the version that the decision saw (`null`: still absent). */
  | { readonly do: 'check'; readonly key: Key; readonly version: number | null }
  /**
   * Assert that there is no item, or one that says any of `unless`; else `taken`. Whether it exists is told only to
   * who really writes; a dry run passes over it.
   */
  | {
      readonly do: 'vacant';
      readonly key: Key;
      readonly unless: Readonly<Record<string, string>>;
      readonly taken: Problem;
    };

/** What the audit entry of a change says. `before` and `after` hold only what differs. */
export interface Receipt {
  /** Field's verb, `<context>.<verb>`, for example `customers.add`. */
  readonly action: string;
  readonly subject: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly reason?: string | undefined;
  readonly ticketId?: string | undefined;
  /** Node whose audit this stands in; the target node when absent. */
  readonly tenantId?: string;
}

/** What a change says in the audit of a second node that it concerns: in the same transaction. */
export interface Aside {
  readonly target: Node;
  /** Where that node is not to know who it was. */
  readonly actor?: Actor;
  readonly receipt: Receipt;
  readonly announcements?: readonly Announcement[];
}

/** The answer to the caller: body per the route's schema; `version` becomes the ETag. */
export interface Reply<T = unknown> {
  readonly status?: number;
  readonly body?: T;
  /** What the same request sent again is answered, where the body holds something that is shown once and kept nowhere. */
  readonly kept?: unknown;
  readonly version?: number | string;
  readonly location?: string;
  /** The name under which browsers keep the body as a file: letters, digits, `_`, `-` and `.` alone. */
  readonly file?: string;
  /** Already done before, by its own key: answered with `Idempotent-Replayed: true`. */
  readonly replayed?: boolean;
}

/**
 * A decision: what to write and announce, and what to answer. `receipt` is left out only where an
 * item written is itself the audit entry (a ledger entry): then `outbox` says which item announces.
 */
export interface Plan<T = unknown> {
  readonly writes: readonly Write[];
  readonly receipt?: Receipt;
  readonly announcements?: readonly Announcement[];
  /** Index in `writes` of the `create` that carries the announcements in place of a receipt. */
  readonly outbox?: number;
  /** Where a change stands in another node's audit as well. */
  readonly aside?: readonly Aside[];
  readonly reply: Reply<T>;
}

/** A read's answer, or the replay of something already done: nothing is written. */
export function answer<T>(body: T, more: Omit<Reply<T>, 'body'> = {}): Plan<T> {
  return { writes: [], reply: { body, ...more } };
}

/** Refuses with a declared problem. */
export function refuse(type: ProblemType, detail?: string, data?: Record<string, unknown>): never {
  throw new Problem(type, detail, data ? { data } : {});
}

/** Compares an `If-Match` value with the current version: 412 when stale. `undefined` passes (not sent). */
export function expectVersion(ifMatch: string | undefined, version: number | string): void {
  if (ifMatch === undefined || ifMatch === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(etag(version))) refuse(stale);
}

/** A strong entity tag. */
export function etag(version: number | string): string {
  return `"${version}"`;
}

/** Only the attributes whose values differ, for an audit entry. Keys and versions are left out. */
export function difference(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const out = { before: {} as Record<string, unknown>, after: {} as Record<string, unknown> };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (['PK', 'SK', 'G1', 'S1', 'G2', 'S2', 'version'].includes(name)) continue;
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    if (before[name] !== undefined) out.before[name] = before[name];
    if (after[name] !== undefined) out.after[name] = after[name];
  }
  return out;
}
