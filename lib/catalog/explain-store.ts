import { each, getAll } from '../aws/db.ts';
import { toEndUser } from '../kit/end-user.ts';
import {
  catalogKey,
  companyKey,
  endUserKey,
  marketplaceKey,
  namePartition,
  personKey,
  userKey,
} from '../kit/keys.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { entitledBy, type Holder } from './entitlement.ts';
import type { Case } from './explain.ts';
import { gatheringsOf } from './group-store.ts';
import { toItem } from './item.ts';
import { type Marketplace, readMarketplace } from './marketplace.ts';
import { gathered } from './rules.ts';
import type { Shelf } from './shelf.ts';
import { ownedParts } from './shop-store.ts';
import { fromPerson, fromUser, type Source, userOfPerson } from './source.ts';
import { shelfPage } from './work-store.ts';

/** A page of what explains a person's entitlements; `node` is not yet checked, and what is read of strangers is dropped. */
export async function caseOf(
  at: { customerId: string; personId: string; now: string; limit: number; node: Promise<Node | undefined> },
  after: string | undefined,
): Promise<Case> {
  const { customerId, personId } = at;
  const own = [endUserKey(customerId, personId), userKey(customerId, userOfPerson(personId))];
  const [[row, user], { shelves, next }, listed, node] = await Promise.all([
    getAll(own, true),
    shelfPage(customerId, at.limit, after),
    listedMarkets(customerId),
    at.node,
  ]);
  const base = { node, row: row && toEndUser(row, customerId), shelves, next };
  const nothing = { source: undefined, items: [], owned: new Set<string>(), marketplaces: [] };
  if (!node || node.path.length < 3) return { ...base, ...nothing };
  const providerId = providerOf(node);
  const companyId = String(node.item.companyId ?? '-');
  const named = row ? namedBy(toEndUser(row, customerId), shelves, listed) : [];
  const [[company, person, ...heads], marketplaces, groups] = await Promise.all([
    getAll([
      companyKey(providerId, companyId),
      personKey(providerId, companyId, personId),
      ...shelves.map(({ id }) => catalogKey(providerId, id)),
    ]),
    marketplacesAt(customerId, named),
    gatheringsOf(customerId, named),
  ]);
  let source: Source | undefined;
  if (user) source = fromUser(user, at);
  else if (person && company)
    source = fromPerson(person, { providerId, company: { id: companyId, name: String(company.name) } });
  const items = heads.map((one) => one && toItem(one));
  const owned = await ownedParts(customerId, items, new Set(shelves.map(({ id }) => id)));
  const told = marketplaces.map((one) => ({ ...one, rules: gathered(one, groups) }));
  return { ...base, source, items, owned, marketplaces: told };
}

/** A marketplace as the index lists it: without its rules. */
interface Listed {
  readonly id: string;
  /** Undefined where it was stored before the index told it. */
  readonly number: number | undefined;
  readonly dynamicGroups: readonly string[];
}

async function listedMarkets(customerId: string): Promise<Listed[]> {
  const listed: Listed[] = [];
  const range = { index: 'names', partition: namePartition(customerId, 'MARKET'), limit: 500 } as const;
  for await (const { id, summary } of each(range)) {
    const { number, dynamicGroups = [] } = (summary ?? {}) as Partial<Listed>;
    listed.push({ id: String(id), number, dynamicGroups });
  }
  return listed;
}

/** Marketplaces that give the person something of this page: they alone are read. */
function namedBy(row: Holder, shelves: readonly Shelf[], listed: readonly Listed[]): Listed[] {
  const numbers = new Set(shelves.flatMap((one) => entitledBy(row, one)?.marketplaces ?? []));
  return numbers.size === 0 ? [] : listed.filter(({ number }) => number === undefined || numbers.has(number));
}

async function marketplacesAt(customerId: string, named: readonly Listed[]): Promise<Marketplace[]> {
  const items = await getAll(named.map(({ id }) => marketplaceKey(customerId, id)));
  return items.flatMap((item) => (item && readMarketplace(item, customerId)) ?? []);
}
