import { type EndUser, endIdentityKey, endUserItem, expel, freed, isTheirs } from '../kit/end-user.ts';
import type { Key } from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Write } from '../kit/plan.ts';
import { marketsOf, type Numbered } from './rules.ts';
import type { CatalogSettings } from './settings.ts';
import type { Source } from './source.ts';

/** The marketplaces of a customer as they stand, bound to the version of its settings. */
export interface Markets extends Numbered {
  readonly settings: CatalogSettings;
}

/** Where an address signs in as an end user. */
export interface Identity {
  readonly tenantId: string;
  readonly personId: string;
  readonly version: number;
}

/** One person whose row is to follow: the row, what it is made from, and where the address signs in so far. */
export interface Candidate {
  readonly personId: string;
  readonly row: EndUser | undefined;
  /** Undefined where there is no such person or user any more; `sourceKey` says where it would stand. */
  readonly source: Source | undefined;
  readonly sourceKey: Key;
  readonly identity: Identity | undefined;
  /** Where the address signs in that the row names and loses; undefined where it loses none. */
  readonly former: Identity | undefined;
}

/** What becomes of candidates, in their order: as many as there is room for. */
export interface Followed {
  readonly writes: readonly Write[];
  readonly taken: number;
  /** Of these, whose rows had to be written. */
  readonly changed: number;
  /** Numbers of marketplaces that said nothing of somebody: who has them keeps them. */
  readonly untold: readonly number[];
}

/**
 * Brings the rows of end users to what directory, users and marketplaces say: bound to each of them as it was seen,
 * so that whatever comes late decides again. Nobody who is gone comes back. The caller binds to the settings.
 */
export function follow(
  customerId: string,
  candidates: readonly Candidate[],
  by: { readonly markets: Markets; readonly room: number },
): Followed {
  const claimed = new Set<string>();
  const untold = new Set<number>();
  const writes: Write[] = [];
  let [taken, changed] = [0, 0];
  for (const one of candidates) {
    const more = followOne(customerId, one, { markets: by.markets, claimed, untold });
    if (writes.length + more.length > by.room) break;
    writes.push(...more);
    taken++;
    if (more.length > 0) changed++;
  }
  return { writes, taken, changed, untold: [...untold] };
}

function followOne(
  customerId: string,
  candidate: Candidate,
  { markets, claimed, untold }: { markets: Markets; claimed: Set<string>; untold: Set<number> },
): Write[] {
  const { row, source, sourceKey, personId } = candidate;
  if (!source?.present) {
    if (!row) return [];
    const seen = source ? source.version : null;
    return [
      ...expel({ customerId, personId }, owning(row, candidate)),
      { do: 'check', key: sourceKey, version: seen },
    ];
  }
  const signing = signIn(customerId, candidate, { source, claimed });
  const told = marketsOf(source.facts, markets, row?.markets ?? []);
  for (const number of told.untold) untold.add(number);
  const after: EndUser = {
    customerId,
    id: personId,
    source: source.source,
    companyId: source.companyId,
    markets: told.numbers,
    signIn: signing.hash,
    endsAt: source.endsAt,
    version: (row?.version ?? 0) + 1,
  };
  if (row && same(row, after)) return [];
  return [
    row
      ? { do: 'replace', version: row.version, item: endUserItem(after) }
      : { do: 'create', item: endUserItem(after) },
    ...signing.writes,
    { do: 'check', key: source.key, version: source.version },
  ];
}

// An address that has become another's is left as it is.
const owning = (row: EndUser, { former }: Candidate): EndUser =>
  isTheirs(former && { ...former }, row) ? row : { ...row, signIn: undefined };

const same = (a: EndUser, b: EndUser): boolean =>
  JSON.stringify([a.source, a.companyId, a.markets, a.signIn, a.endsAt]) ===
  JSON.stringify([b.source, b.companyId, b.markets, b.signIn, b.endsAt]);

/** The first who has an address signs in with it; the same person at another customer takes it along. */
function signIn(
  customerId: string,
  candidate: Candidate,
  { source, claimed }: { source: Source; claimed: Set<string> },
): { hash: string | undefined; writes: Write[] } {
  const { row, identity, personId } = candidate;
  const hash = emailHash(source.email);
  if (row?.signIn === hash) return { hash, writes: [] };
  const left = row ? freed(owning(row, candidate)) : [];
  const others = identity !== undefined && identity.personId !== personId;
  if (others || claimed.has(hash)) return { hash: undefined, writes: left };
  claimed.add(hash);
  const item = {
    ...endIdentityKey(hash),
    kind: 'endIdentity',
    tenantId: customerId,
    personId,
    version: (identity?.version ?? 0) + 1,
  };
  const taken: Write = identity ? { do: 'replace', version: identity.version, item } : { do: 'create', item };
  return { hash, writes: [...left, taken] };
}
