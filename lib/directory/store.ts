import { each, get, getAll, page } from '../aws/db.ts';
import { reachingBy } from '../aws/vouch-rows.ts';
import { toEndUser, withOwnAddress } from '../kit/end-user.ts';
import { globalCompanyId } from '../kit/id.ts';
import {
  companyGroupKey,
  companyKey,
  companyTypeEntry,
  endUserKey,
  type Key,
  memberKey,
  namePartition,
  personKey,
} from '../kit/keys.ts';
import { foldName } from '../kit/text.ts';
import {
  type CompanyType,
  customerCompanyKey,
  type StoredCompany,
  showsGlobal,
  theGlobalCompany,
  toCompany,
} from './company.ts';
import { groupKey, groupsOf, type Place } from './group.ts';
import { changed } from './move.ts';
import { addressKey, type ChangedPerson, peopleOf, type StoredPerson, toPerson } from './person.ts';

type Raw = Record<string, unknown> | undefined;

const known = (companyId: string, item: Raw): StoredCompany | undefined =>
  companyId === globalCompanyId ? theGlobalCompany : item && toCompany(item);

/** One company of the provider. */
export async function companyOf(providerId: string, companyId: string): Promise<StoredCompany | undefined> {
  return known(companyId, await get(companyKey(providerId, companyId), true));
}

/** A company with what keeps it from being removed. */
export async function companyInUse(providerId: string, companyId: string) {
  const [item, people, customer] = await getAll(
    [
      companyKey(providerId, companyId),
      companyGroupKey(providerId, companyId),
      customerCompanyKey(providerId, companyId),
    ],
    true,
  );
  return {
    current: known(companyId, item),
    people: { members: Number(people?.members ?? 0), version: Number(people?.version ?? 0) },
    isCustomer: customer !== undefined,
  };
}

/** A page of the provider's companies by name; its first page leaves room for the Global company where that is shown. */
export async function companyPage(
  providerId: string,
  query: { q?: string | undefined; type?: CompanyType | undefined; limit: number },
  position: string | undefined,
) {
  const withGlobal = position === undefined && showsGlobal(query);
  const prefix = foldName(query.q ?? '');
  const limit = withGlobal ? Math.max(1, query.limit - 1) : query.limit;
  const after = position || undefined;
  const { items, next } = query.type
    ? await page({ index: 'tree', ...typePrefix(providerId, query.type, prefix), limit, after })
    : await page({
        index: 'names',
        partition: namePartition(providerId, 'COMPANY'),
        prefix,
        limit,
        after,
      });
  if (!withGlobal) return { withGlobal, items, next };
  return query.limit === 1 ? { withGlobal, items: [], next: '' } : { withGlobal, items, next };
}

function typePrefix(providerId: string, type: CompanyType, prefix: string) {
  const { G1, S1 } = companyTypeEntry(providerId, type, prefix);
  return { partition: G1, prefix: S1 };
}

/** A company with those of a new person's groups that exist already. */
export async function companyForPerson(providerId: string, place: Place) {
  const groups = groupsOf(place).map((one) => groupKey(providerId, one));
  const [item, ...found] = await getAll([companyKey(providerId, place.companyId), ...groups], true);
  return { company: known(place.companyId, item), groups: sortKeys(found) };
}

/** Sort keys of those that were found. */
export function sortKeys(items: readonly Raw[]): ReadonlySet<string> {
  return new Set(items.flatMap((item) => (item ? [String(item.SK)] : [])));
}

/** A page of a company's people by name, with the company. */
export async function peoplePage(
  providerId: string,
  query: { companyId: string; q?: string | undefined; limit: number },
  after: string | undefined,
) {
  const [company, people] = await Promise.all([
    companyOf(providerId, query.companyId),
    page({
      index: 'names',
      partition: namePartition(providerId, peopleOf(query.companyId)),
      prefix: foldName(query.q ?? ''),
      limit: query.limit,
      after,
    }),
  ]);
  return { company, ...people };
}

/** One person of a company. */
export async function personOf(
  providerId: string,
  at: { companyId: string; personId: string },
): Promise<StoredPerson | undefined> {
  const item = await get(personKey(providerId, at.companyId, at.personId), true);
  return item && toPerson(item);
}

/** The person who has an address: the address's item leads to the person's. */
export async function personByAddress(
  providerId: string,
  address: string,
): Promise<StoredPerson | undefined> {
  const owner = await get(addressKey(providerId, address), true);
  if (!owner) return undefined;
  return personOf(providerId, { companyId: String(owner.companyId), personId: String(owner.personId) });
}

/** A page of a company's derived groups, with the company. */
export async function groupPage(
  providerId: string,
  query: { companyId: string; limit: number },
  after: string | undefined,
) {
  const { PK, SK } = companyGroupKey(providerId, query.companyId);
  const [company, groups] = await Promise.all([
    companyOf(providerId, query.companyId),
    page({ partition: PK, prefix: SK, limit: query.limit, after }),
  ]);
  return { company, ...groups };
}

/** A person with what binds them, and the company that a change would move them to. Two round trips: the second asks for what the first names. */
export async function boundPerson(
  providerId: string,
  at: { companyId: string; personId: string },
  { change = {}, again = false }: { change?: ChangedPerson; again?: boolean } = {},
) {
  const target = change.companyId ?? at.companyId;
  const [item, home, next] = await getAll(
    [
      personKey(providerId, at.companyId, at.personId),
      companyKey(providerId, at.companyId),
      companyKey(providerId, target),
    ],
    true,
  );
  const company = known(at.companyId, home);
  if (!item || !company) return undefined;
  const current = toPerson(item);
  const { customerId } = company.value;
  const places = [current.value, changed(current.value, change)].flatMap(groupsOf);
  const tenantId = customerId ?? at.companyId;
  const keys = [
    addressKey(providerId, current.value.email),
    memberKey(tenantId, at.personId),
    endUserKey(tenantId, at.personId),
    ...places.map((place) => groupKey(providerId, place)),
  ];
  const [address, member, row, ...found] = await reachingBy(home ?? {}, [tenantId], () => getAll(keys, true));
  const endUser = row && toEndUser(row, customerId ?? at.companyId);
  return {
    current,
    company,
    target: known(target, next),
    administers: member !== undefined,
    addressVersion: Number(address?.version ?? 0),
    groups: sortKeys(found),
    endUser: again ? await withOwnAddress(endUser, (key) => get(key, true)) : endUser,
  };
}

/** Keys of the counters that a company's groups have left behind. */
export async function countersOf(providerId: string, companyId: string): Promise<Key[]> {
  const { PK, SK } = companyGroupKey(providerId, companyId);
  const keys: Key[] = [];
  for await (const item of each({ partition: PK, prefix: SK, limit: 100, consistent: true })) {
    keys.push({ PK, SK: String(item.SK) });
  }
  return keys;
}
