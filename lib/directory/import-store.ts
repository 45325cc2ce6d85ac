import { get, getAll, page } from '../aws/db.ts';
import { companyKey, importChunkKey, importResultKey, operationKey } from '../kit/keys.ts';
import { unpack } from './chunk.ts';
import { companyNameKey, type NewCompany, type StoredCompany, toCompany } from './company.ts';
import type { Row } from './file.ts';
import { groupKey, groupsOf } from './group.ts';
import type { KnownPeople } from './landing.ts';
import { type StoredOperation, toOperation } from './operation.ts';
import { addressKey, loginKey } from './person.ts';
import { readPlace, takeRows } from './result.ts';
import type { Checked, PersonRow, Result } from './row.ts';
import { sortKeys } from './store.ts';

/** An operation of the provider. */
export async function operationOf(
  providerId: string,
  operationId: string,
): Promise<StoredOperation | undefined> {
  const item = await get(operationKey(providerId, operationId), true);
  return item && toOperation(item);
}

/** The rows of the chunk that an operation is at; none when another turn has spent it. */
export async function chunkOf(providerId: string, { value, chunk }: StoredOperation): Promise<Row[]> {
  const item = await get(importChunkKey(providerId, value.id, chunk), true);
  return item ? unpack(item) : [];
}

/** Sort keys of those company names that are in use. */
export async function namesInUse(
  providerId: string,
  rows: readonly Checked<NewCompany>[],
): Promise<ReadonlySet<string>> {
  const names = rows.flatMap((row) => ('value' in row ? [companyNameKey(providerId, row.value.name)] : []));
  return sortKeys(await getAll(names, true));
}

/** What people's rows meet: logins and addresses in use, their companies, the counters of their groups. */
export async function peopleInUse(
  providerId: string,
  rows: readonly Checked<PersonRow>[],
): Promise<KnownPeople> {
  const values = rows.flatMap((row) => ('value' in row ? [row.value] : []));
  const names = values.map(({ company }) => companyNameKey(providerId, company));
  const owned = values.flatMap((row) => [
    loginKey(providerId, row.loginName),
    addressKey(providerId, row.email),
  ]);
  const found = await getAll([...names, ...owned], true);
  const ids = found.slice(0, names.length).map((item) => item && String(item.companyId));
  const places = values.flatMap(({ organization = null, department = null }, index) => {
    const companyId = ids[index];
    return companyId ? groupsOf({ companyId, organization, department }).slice(1) : [];
  });
  const companyIds = [...new Set(ids.filter((id) => id !== undefined))];
  const rest = await getAll(
    [
      ...companyIds.map((id) => companyKey(providerId, id)),
      ...places.map((place) => groupKey(providerId, place)),
    ],
    true,
  );
  const companies = new Map(
    rest
      .slice(0, companyIds.length)
      .flatMap((item) => (item ? [toCompany(item)] : []))
      .map((one) => [one.value.id, one]),
  );
  return {
    taken: sortKeys(found.slice(names.length)),
    groups: sortKeys(rest.slice(companyIds.length)),
    companies: new Map(
      names.flatMap(({ SK }, index): [string, StoredCompany][] => {
        const company = companies.get(ids[index] ?? '');
        return company ? [[SK, company]] : [];
      }),
    ),
  };
}

const itemsPerPage = 10;

/** A page of an import's results, with the operation; each stored item holds the rows of one transaction. */
export async function resultPage(
  providerId: string,
  query: { operationId: string; state: 'failed' | 'succeeded'; limit: number },
  position: string | undefined,
) {
  const state = query.state === 'failed' ? 'F' : 'S';
  const key = (from: number) => importResultKey(providerId, query.operationId, { state, from });
  const place = readPlace(position) ?? { from: key(0).SK, skip: 0 };
  const [operation, { items, next }] = await Promise.all([
    operationOf(providerId, query.operationId),
    page({ partition: key(0).PK, from: place.from, to: key(99_999).SK, limit: itemsPerPage }),
  ]);
  const stored = items.map(({ SK, rows }) => ({
    SK: String(SK),
    rows: JSON.parse(String(rows)) as Result[],
  }));
  return { operation, ...takeRows(stored, { ...query, skip: place.skip, more: next !== null }) };
}
