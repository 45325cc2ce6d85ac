import { getAll, page, positionOf } from '../aws/db.ts';
import { type EndUser, endIdentityKey, toEndUser } from '../kit/end-user.ts';
import {
  companyGroupKey,
  companyKey,
  endUserKey,
  type Key,
  nodeKey,
  partition,
  personKey,
  settingsKey,
  userKey,
} from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Write } from '../kit/plan.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { type Asked, type Census, countPeople, type Matches, takeCensus } from './census.ts';
import type { Candidate, Identity, Markets } from './enrolment.ts';
import { gatheringsOf } from './group-store.ts';
import { type Marketplace, readMarketplace } from './marketplace.ts';
import { gathered, type Rules } from './rules.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';
import { type Company, fromPerson, fromUser, type Source, userOfPerson } from './source.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A customer as the directory knows it. */
export interface Place {
  readonly customerId: string;
  readonly providerId: string;
  readonly company: Company | undefined;
  readonly now: string;
}

const companyOf = (node: Node): string | undefined =>
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

/** Who belongs to which marketplace by the rules as they stand: settings first, so that their version binds them. */
export async function marketsOf(customerId: string): Promise<Markets> {
  const [item] = await getAll([catalogSettingsKey(customerId)], true);
  const settings = toSettings(item);
  if (settings.marketplaces === 0) return { settings, rules: [], unread: [] };
  const items = await marketItems(customerId);
  const read = readable(items, customerId);
  const groups = await gatheringsOf(customerId, read);
  const rules = read.flatMap((one) => {
    const told = gathered(one, groups);
    return told ? [{ ...told, number: one.number }] : [];
  });
  // A group may have gone between the two reads, with what named it.
  if (rules.length < read.length && (await versionOf(customerId)) !== settings.version)
    return marketsOf(customerId);
  const told = new Set(rules.map(({ number }) => number));
  const unread = items.map(({ number }) => Number(number)).filter((one) => !told.has(one));
  return { settings, rules, unread };
}

const versionOf = async (customerId: string): Promise<number> =>
  toSettings((await getAll([catalogSettingsKey(customerId)], true))[0]).version;

/** All marketplaces of a customer that can be read: at most 500. */
export const marketplacesOf = async (customerId: string): Promise<Marketplace[]> =>
  readable(await marketItems(customerId), customerId);

const readable = (items: readonly Raw[], customerId: string): Marketplace[] =>
  items.flatMap((item) => readMarketplace(item, customerId) ?? []);

async function marketItems(customerId: string): Promise<Raw[]> {
  const found: Raw[] = [];
  let after: string | undefined;
  do {
    const range = { partition: partition(customerId, 'MARKET'), limit: 500, after, consistent: true };
    const { items, next } = await page(range);
    found.push(...items);
    after = next ?? undefined;
  } while (after);
  return found;
}

type Walked = 'PEOPLE' | 'USERS';

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

async function rawPage(
  at: { customerId: string; providerId: string; companyId: string | undefined },
  query: { walk: Walked; limit: number },
  after: string | undefined,
): Promise<{ items: Raw[]; next: string | null }> {
  const { customerId, providerId, companyId } = at;
  if (query.walk === 'PEOPLE' && companyId === undefined) return { items: [], next: null };
  const range =
    query.walk === 'PEOPLE'
      ? { partition: partition(providerId, 'PERSON'), prefix: `${companyId}#` }
      : { partition: partition(customerId, 'USER') };
  const { items, next } = await page({ ...range, limit: query.limit, after, consistent: true });
  return { items: items.filter(({ kind }) => kind === 'person' || kind === 'user'), next };
}

function sourceFrom(item: Raw, place: Place): Source {
  const company = place.company ?? { id: '', name: '' };
  return item.kind === 'user' ? fromUser(item, place) : fromPerson(item, { ...place, company });
}

const mostPages = 25;
const walked: readonly Walked[] = ['PEOPLE', 'USERS'];

/** Shows everybody of a customer, page after page, until it is enough; says whether that was everybody. */
async function look(
  node: Node,
  now: string,
  seeing: { see: (one: Source) => void; enough: () => boolean },
): Promise<boolean> {
  const at = { customerId: node.id, providerId: providerOf(node), companyId: companyOf(node) };
  const limit = 1000;
  const [place, ...firsts] = await Promise.all([
    placeOf(node, now),
    ...walked.map((walk) => rawPage(at, { walk, limit }, undefined)),
  ]);
  let pages = 0;
  for (const [index, walk] of walked.entries()) {
    let read = firsts[index];
    while (read) {
      for (const item of read.items) seeing.see(sourceFrom(item, place));
      if (seeing.enough() || ++pages >= mostPages) return false;
      read = read.next === null ? undefined : await rawPage(at, { walk, limit }, read.next);
    }
  }
  return true;
}

/** Whether groups and filters match anybody. */
export async function censusFor(node: Node, now: string, asked: Asked): Promise<Census> {
  const census = takeCensus(asked);
  if (!census.wanting()) return census.told(false);
  const see = (one: Source) => one.present && census.see(one.facts);
  return census.told(await look(node, now, { see, enough: () => !census.wanting() }));
}

/** Whom rules would include. */
export async function previewFor(node: Node, now: string, rules: Rules) {
  const counting = countPeople(rules);
  return counting.told(await look(node, now, { see: counting.see, enough: () => false }));
}

/** Whether new filters match anybody; and who passes these, where that is asked. One look at everybody answers both. */
export async function matchesFor(
  node: Node,
  now: string,
  { asked, count }: { asked: Asked; count: Rules | undefined },
): Promise<Matches> {
  if (!count) return { census: await censusFor(node, now, asked), matches: undefined };
  const [census, counting] = [takeCensus(asked), countPeople(count)];
  const see = (one: Source) => {
    counting.see(one);
    if (one.present) census.see(one.facts);
  };
  const complete = await look(node, now, { see, enough: () => false });
  return { census: census.told(complete), matches: counting.told(complete) };
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

/** Where a person's row comes from: the directory's person of the company, or the customer's user. */
export function sourceKey(place: Place, one: { personId: string; source: 'DIRECTORY' | 'USER' }): Key {
  return one.source === 'USER'
    ? userKey(place.customerId, userOfPerson(one.personId))
    : personKey(place.providerId, place.company?.id ?? '-', one.personId);
}

/** What decides about the rows of these people: rows are read before what they are made from. */
export async function candidatesOf(
  place: Place,
  people: readonly { personId: string; source: 'DIRECTORY' | 'USER' }[],
): Promise<Candidate[]> {
  const rows = await getAll(
    people.map(({ personId }) => endUserKey(place.customerId, personId)),
    true,
  );
  return behind(
    place,
    people.map((one, index) => {
      const row = rows[index];
      return { ...one, row: row && toEndUser(row, place.customerId) };
    }),
  );
}

/** The same for rows that have been read. */
export const candidatesOfRows = (place: Place, rows: readonly EndUser[]): Promise<Candidate[]> =>
  behind(
    place,
    rows.map((row) => ({ personId: row.id, source: row.source, row })),
  );

async function behind(
  place: Place,
  people: readonly { personId: string; source: 'DIRECTORY' | 'USER'; row: EndUser | undefined }[],
): Promise<Candidate[]> {
  const keys = people.map((one) => sourceKey(place, one));
  const items = await getAll(keys, true);
  return withIdentities(
    people.map(({ personId, row }, index) => {
      const item = items[index];
      return { personId, row, source: item && sourceFrom(item, place), sourceKey: keys[index] as Key };
    }),
  );
}

/** Sources as candidates, with the rows that they have. */
export async function candidatesFrom(place: Place, sources: readonly Source[]): Promise<Candidate[]> {
  const rows = await getAll(
    sources.map(({ personId }) => endUserKey(place.customerId, personId)),
    true,
  );
  return withIdentities(
    sources.map((source, index) => {
      const row = rows[index];
      return {
        personId: source.personId,
        row: row && toEndUser(row, place.customerId),
        source,
        sourceKey: source.key,
      };
    }),
  );
}

/** Adds where their addresses sign in, for those whose rows do not say that they do here: new ones, and those that are left. */
async function withIdentities(
  candidates: readonly Omit<Candidate, 'identity' | 'former'>[],
): Promise<Candidate[]> {
  const hashes = candidates.map(({ row, source }) => {
    const hash = source?.present ? emailHash(source.email) : undefined;
    return row?.signIn === hash ? {} : { hash, former: row?.signIn };
  });
  const asked = hashes.flatMap(({ hash, former }) => [hash, former]).filter((one) => one !== undefined);
  const found = new Map(
    asked.length === 0
      ? []
      : (await getAll(asked.map(endIdentityKey), true)).map((item, index) => [asked[index], item] as const),
  );
  const told = (hash: string | undefined): Identity | undefined => {
    const item = found.get(hash);
    return (
      item && {
        tenantId: String(item.tenantId),
        personId: String(item.personId),
        version: Number(item.version),
      }
    );
  };
  return candidates.map((one, index) => ({
    ...one,
    identity: told(hashes[index]?.hash),
    former: told(hashes[index]?.former),
  }));
}

/**
 * The removal of some of what a customer that is no more has left behind: rows with those addresses that still sign in
 * there, then marketplaces and dynamic groups; none when all is gone.
 */
export async function departures(customerId: string): Promise<Write[]> {
  const { rows } = await rowsPage(customerId, 48, undefined);
  if (rows.length === 0) return closures(customerId);
  const hashes = rows.map(({ row }) => row.signIn).filter((one) => one !== undefined);
  const identities = await getAll(hashes.map(endIdentityKey), true);
  return [
    ...rows.map(
      ({ row }): Write => ({ do: 'remove', key: endUserKey(customerId, row.id), version: row.version }),
    ),
    ...identities.flatMap((item): Write[] => (item?.tenantId === customerId ? [removal(item)] : [])),
  ];
}

async function closures(customerId: string): Promise<Write[]> {
  const [{ items: markets }, { items: groups }, [settings]] = await Promise.all([
    page({ partition: partition(customerId, 'MARKET'), limit: 90, consistent: true }),
    page({ partition: partition(customerId, 'GROUP'), limit: 90, consistent: true }),
    getAll([catalogSettingsKey(customerId)], true),
  ]);
  return [...(settings ? [settings] : []), ...markets, ...groups].slice(0, 90).map(removal);
}

const removal = (item: Raw): Write => ({
  do: 'remove',
  key: { PK: String(item.PK), SK: String(item.SK) },
  version: Number(item.version),
});
