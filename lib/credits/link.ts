import { type Entry, effectOf, hashOf } from './entry.ts';

/** What the next entry of a ledger has to begin with; small enough to be kept between two looks. */
export interface Link {
  readonly seq: number;
  readonly at: string;
  readonly balance: number;
  readonly hash: string;
}

type Told = Pick<Entry, 'seq' | 'at' | 'previousAt' | 'prev' | 'balance'> & { readonly effect: number };

export const linkOf = (one: Entry): Link => ({
  ...{ seq: one.seq, at: one.at, balance: one.balance },
  hash: hashOf(one),
});

export const toldOf = (one: Entry): Told => {
  const { seq, at, previousAt, prev, balance } = one;
  return { seq, at, previousAt, prev, balance, effect: effectOf(one) };
};

/** Why an entry does not follow the one before (undefined: it is the first); nothing where it does. */
export function faultOf(before: Link | undefined, one: Told): string | undefined {
  const { seq, previousAt, prev, balance, effect } = one;
  if (seq !== (before?.seq ?? 0) + 1) return `it follows entry ${before?.seq ?? 0}`;
  if (previousAt !== (before?.at ?? '0'))
    return 'it stands under another moment than that of the entry before';
  if (balance - effect !== (before?.balance ?? 0))
    return `it begins with a balance of ${balance - effect}, the entry before left ${before?.balance ?? 0}`;
  if (prev !== (before?.hash ?? '')) return 'the entry before is not the one that it was linked to';
  return undefined;
}
