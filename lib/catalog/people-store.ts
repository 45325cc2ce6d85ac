import { getAll, page, positionOf } from '../aws/db.ts';
import { toEndUser } from '../kit/end-user.ts';
import { companyGroupKey, companyKey, nodeKey, partition, settingsKey } from '../kit/keys.ts';
import type { Write } from '../kit/plan.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { type Company, fromPerson, fromUser, type Source } from './source.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A customer as the directory knows it. */
export interface Place {
  readonly customerId: string;
  readonly providerId: string;
  readonly company: Company | undefined;
  readonly now: string;
}

export const companyOf = (node: Node): string | undefined =>
  typeof node.item.companyId === 'string' ? node.item.companyId : undefined;

/** Binds to the customer's being there: nobody is enrolled at one that is deleted meanwhile. */
export const standing = (node: Node): Write[] => [
  { do: 'check', key: nodeKey(node.id), version: node.version },
];

/** Where a customer's people are. */
export async function placeOf(node: Node, now: string): Promise<Place> {
  const at = { customerId: node.id, providerId: providerOf(node), now };
  const companyId = companyOf(node);
  if (companyId === undefined) return { ...at, company: undefined };
  const [item] = await getAll([companyKey(at.providerId, companyId)], true);
  return { ...at, company: item && { id: companyId, name: String(item.name) } };
}

export type Walked = 'PEOPLE' | 'USERS';

/** A page of the company's people, or of the customer's users, as sources of end users. */
export async function peoplePage(
  node: Node,
  query: { walk: Walked; limit: number; now: string },
  after: string | undefined,
) {
  const at = { customerId: node.id, providerId: providerOf(node), companyId: companyOf(node) };
  const [place, { items, next }] = await Promise.all([placeOf(node, query.now), rawPage(at, query, after)]);
  return { sources: sourcesFrom(items, place), next };
}

/** The same where the place is known. */
export async function sourcesPage(
  place: Place,
  query: { walk: Walked; limit: number },
  after: string | undefined,
): Promise<{ sources: { source: Source; position: string }[]; next: string | null }> {
  const { items, next } = await rawPage({ ...place, companyId: place.company?.id }, query, after);
  return { sources: sourcesFrom(items, place), next };
}

const sourcesFrom = (items: readonly Raw[], place: Place) =>
  items.map((item) => ({ source: sourceFrom(item, place), position: positionOf({}, item) }));

export async function rawPage(
  at: { customerId: string; providerId: string; companyId: string | undefined },
  query: { walk: Walked; limit: number },
  after: string | undefined,
  consistent = true,
): Promise<{ items: Raw[]; next: string | null }> {
  const { customerId, providerId, companyId } = at;
  if (query.walk === 'PEOPLE' && companyId === undefined) return { items: [], next: null };
  const range =
    query.walk === 'PEOPLE'
      ? { partition: partition(providerId, 'PERSON'), prefix: `${companyId}#` }
      : { partition: partition(customerId, 'USER') };
  const { items, next } = await page({ ...range, limit: query.limit, after, consistent });
  return { items: items.filter(({ kind }) => kind === 'person' || kind === 'user'), next };
}

export function sourceFrom(item: Raw, place: Place): Source {
  const company = place.company ?? { id: '', name: '' };
  return item.kind === 'user' ? fromUser(item, place) : fromPerson(item, { ...place, company });
}

/** About how many end users a customer has, by the counts that directory and users keep. */
export async function headcount({ customerId, providerId, company }: Place): Promise<number> {
  const group = company ? [companyGroupKey(providerId, company.id)] : [];
  const [users, people] = await getAll([settingsKey(customerId, 'USERS'), ...group], true);
  return Number(users?.users ?? 0) + Number(people?.members ?? 0);
}

/** A page of the customer's end users. */
export async function rowsPage(customerId: string, limit: number, after: string | undefined) {
  const range = { partition: partition(customerId, 'END_USER'), limit, after, consistent: true };
  const { items, next } = await page(range);
  return {
    rows: items.map((item) => ({ row: toEndUser(item, customerId), position: positionOf({}, item) })),
    next,
  };
}
