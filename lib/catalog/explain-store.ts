import { getAll } from '../aws/db.ts';
import { toEndUser } from '../kit/end-user.ts';
import { catalogKey, companyKey, endUserKey, personKey, userKey } from '../kit/keys.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import type { Case } from './explain.ts';
import { gatheringsOf } from './group-store.ts';
import { toItem } from './item.ts';
import { gathered } from './rules.ts';
import { marketplacesOf } from './rules-store.ts';
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
  const [[row, user], { shelves, next }, marketplaces, node] = await Promise.all([
    getAll(own, true),
    shelfPage(customerId, at.limit, after),
    marketplacesOf(customerId),
    at.node,
  ]);
  const base = { node, row: row && toEndUser(row, customerId), shelves, next };
  const nothing = { source: undefined, items: [], owned: new Set<string>(), marketplaces: [] };
  if (!node || node.path.length < 3) return { ...base, ...nothing };
  const providerId = providerOf(node);
  const companyId = String(node.item.companyId ?? '-');
  const [[company, person, ...heads], groups] = await Promise.all([
    getAll([
      companyKey(providerId, companyId),
      personKey(providerId, companyId, personId),
      ...shelves.map(({ id }) => catalogKey(providerId, id)),
    ]),
    gatheringsOf(customerId, marketplaces),
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
