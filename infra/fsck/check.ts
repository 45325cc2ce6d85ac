import { createHash } from 'node:crypto';
import type { Skeleton } from './skeleton.ts';

export type Stored = Readonly<Record<string, unknown>>;

/** What is promised, and checked under this name. */
export const invariants = [
  'tree',
  'administrators',
  'roles',
  'narrowing',
  'tenancy',
  'counts',
  'ledgers',
  'catalogue',
  'requests',
  'pools',
  'probes',
  'seats',
  'machines',
  'consoles',
  'imports',
  'access',
  'sums',
  'names',
  'receipts',
  'seals',
  'indexes',
] as const;
export type Invariant = (typeof invariants)[number];

/** One broken promise: which, where, and what is wrong. */
export interface Violation {
  readonly invariant: Invariant;
  readonly where: string;
  readonly what: string;
}

export type Tell = (where: string, what: string) => void;

/** A check at work: sees every item once, in any order, and keeps no more of them than it must. */
export interface Watch {
  readonly see?: (item: Stored) => void;
  /** Every entry of the two indexes. */
  readonly seeEntry?: (entry: Stored, index: 'tree' | 'names') => void;
  readonly end?: () => void;
  /** What has to be looked at once more, where the sums only told that something is wrong. */
  readonly again?: () => Watch | undefined;
}

export type Check = (known: Skeleton, tell: Tell) => Watch;

/** Several checks under one name. */
export const all =
  (...checks: readonly Check[]): Check =>
  (known, tell) =>
    joined(checks.map((check) => check(known, tell)));

function joined(watches: readonly Watch[]): Watch {
  const seeing = watches.filter(({ seeEntry }) => seeEntry);
  return {
    see: (item) => {
      for (const one of watches) one.see?.(item);
    },
    ...(seeing.length > 0
      ? {
          seeEntry: (entry, index) => {
            for (const one of seeing) one.seeEntry?.(entry, index);
          },
        }
      : {}),
    end: () => {
      for (const one of watches) one.end?.();
    },
    again: () => {
      const more = watches.flatMap((one) => one.again?.() ?? []);
      return more.length > 0 ? joined(more) : undefined;
    },
  };
}

export const tenantOf = (item: Stored): string => String(item.PK).split('#')[1] ?? '';
export const kindOf = (item: Stored): string => String(item.PK).split('#')[2] ?? '';
export const placeOf = (item: Stored): string => `${item.PK} ${item.SK}`;

const ring = 2 ** 48;
const hash = (text: string) => createHash('sha1').update(text).digest().readUIntBE(0, 6);

/** Counts by name; what stays at zero is forgotten by `uneven`. */
export function tally() {
  const counts = new Map<string, number>();
  return {
    add: (name: string, by: number) => counts.set(name, (counts.get(name) ?? 0) + by),
    of: (name: string) => counts.get(name) ?? 0,
    uneven: () => [...counts].filter(([, count]) => count !== 0),
  };
}

/** Two sets compared by sums of hashes in a fixed number of buckets, however large they are. */
export function balance(buckets = 65_536) {
  const sums = new Float64Array(buckets);
  const bucketOf = (name: string) => hash(name) % buckets;
  return {
    /** `by` 1: of the one set; −1: of the other. */
    put: (name: string, by: 1 | -1) => {
      const at = bucketOf(name);
      sums[at] = ((sums[at] ?? 0) + by * hash(`=${name}`) + ring) % ring;
    },
    isEven: () => {
      for (const sum of sums) if (sum !== 0) return false;
      return true;
    },
    /** True where this name is in a bucket in which the sets differ. */
    isSuspect: (name: string) => sums[bucketOf(name)] !== 0,
  };
}

const stretch = 32;

/**
 * Whether everything needed is there, in a fixed number of bits, however much it is. What is not there goes unseen only
 * where others fill all of its bits: once in some 80,000 where a million are there.
 */
export function covered(bits = 2 ** 24, times = 4) {
  const sets = Array.from({ length: times }, () => ({
    need: new Uint32Array(bits / 32),
    have: new Uint32Array(bits / 32),
    /** Which stretches of words have something needed: of a small table most have nothing. */
    asked: new Uint8Array(Math.ceil(bits / 32 / stretch)),
  }));
  const placesOf = (name: string) => {
    const digest = createHash('sha1').update(name).digest();
    return sets.map((set, index) => ({ set, at: digest.readUInt32BE(4 * index) % bits }));
  };
  const mark = (to: 'need' | 'have') => (name: string) => {
    for (const { set, at } of placesOf(name)) {
      set[to][at >> 5] = (set[to][at >> 5] ?? 0) | (1 << (at & 31));
      if (to === 'need') set.asked[Math.floor((at >> 5) / stretch)] = 1;
    }
  };
  const lacks = ({ need, have }: (typeof sets)[0], word: number) => (need[word] ?? 0) & ~(have[word] ?? 0);
  const isWhole = (set: (typeof sets)[0]) => {
    for (let part = 0; part < set.asked.length; part++)
      if (set.asked[part] !== 0)
        for (let word = part * stretch; word < (part + 1) * stretch; word++)
          if (lacks(set, word) !== 0) return false;
    return true;
  };
  return {
    need: mark('need'),
    have: mark('have'),
    isWhole: () => sets.every(isWhole),
    /** True where something is needed, but not there, under one of the name's bits. */
    isSuspect: (name: string) => placesOf(name).some(({ set, at }) => lacks(set, at >> 5) & (1 << (at & 31))),
  };
}
