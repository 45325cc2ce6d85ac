import { get, getAll, page } from '../aws/db.ts';
import { reaching } from '../aws/vouch.ts';
import { readingAcross } from '../aws/vouch-rows.ts';
import { idBound } from '../kit/id.ts';
import { auditKey, type Key, nodeKey, partition, rootEntry, sessionPartition } from '../kit/keys.ts';
import { nodeOf } from './entry.ts';

type Item = Readonly<Record<string, unknown>>;

/** Whose entries, between which instants, before which id, how many. */
export interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after: string | undefined;
  readonly sight: number;
}

const bound = (at: string | undefined, otherwise: number) =>
  idBound('audit', at === undefined ? otherwise : Math.max(0, Date.parse(at)), 'first');
const endOfTime = 2 ** 48 - 1;

/** One Query, newest first: time and place are in the key. From is inclusive, to and after are exclusive. */
async function entries(where: { index?: 'tree' | 'names'; partition: string }, range: Range) {
  const [from, to] = [bound(range.from, 0), bound(range.to, endOfTime)];
  const before = range.after !== undefined && range.after < to ? range.after : to;
  if (from >= before) return { items: [], more: false };
  // DynamoDB's upper bound is inclusive: one entry more is read, and the bound itself left out.
  const read = await page({ ...where, from, to: before, limit: range.sight + 1, backwards: true });
  const items = read.items.filter(({ id }) => String(id) < before);
  return { items: items.slice(0, range.sight), more: read.next !== null || items.length > range.sight };
}

/** What was done at a provider and below it. */
export async function entriesBelow(providerId: string, range: Range) {
  const read = await entries({ index: 'tree', partition: partition(providerId, 'AUDIT') }, range);
  return { ...read, node: undefined };
}

/** What was done at one node, or there in one delegated session, and that node's profile. */
export async function entriesOf(
  nodeId: string,
  { session, ...range }: Range & { session?: string | undefined },
) {
  const where =
    session === undefined
      ? { partition: partition(nodeId, 'AUDIT') }
      : { index: 'names' as const, partition: sessionPartition(nodeId, session) };
  const [read, [node]] = await Promise.all([entries(where, range), getAll([nodeKey(nodeId)])]);
  return { ...read, node };
}

/** An entry of one node's record. */
export function entryOf(nodeId: string, auditId: string): Promise<Item | undefined> {
  return get(auditKey(nodeId, auditId), true);
}

async function placeOf(providerId: string, auditId: string): Promise<(Item & Key) | undefined> {
  const { S1 } = rootEntry(providerId, 'AUDIT', auditId);
  const where = { index: 'tree', partition: partition(providerId, 'AUDIT') } as const;
  const [place] = (await page({ ...where, from: S1, to: S1, limit: 1 })).items;
  return place as (Item & Key) | undefined;
}

/** An entry of a provider's tree: from its own record, else from wherever the index says that it stands. */
export async function entryBelow(providerId: string, auditId: string): Promise<Item | undefined> {
  const [own, place] = await Promise.all([entryOf(providerId, auditId), placeOf(providerId, auditId)]);
  if (own || !place) return own;
  const at = { row: place, tenant: nodeOf(place) };
  const [entry] = await readingAcross([at], async () => [await entryOf(at.tenant, auditId)]);
  return entry;
}

interface Found {
  readonly entry: Item | undefined;
  readonly node: Item | undefined;
}

/** An entry of a node's record, and that node's profile. */
export async function entryAndNode(nodeId: string, auditId: string): Promise<Found> {
  const [entry, node] = await getAll([auditKey(nodeId, auditId), nodeKey(nodeId)], true);
  return { entry, node };
}

/** An entry from wherever the provider's index says that it stands, and the profile of the node there. */
export async function entryAndNodeBelow(providerId: string, auditId: string): Promise<Found> {
  const place = await placeOf(providerId, auditId);
  const nothing = async () => ({ entry: undefined, node: undefined });
  return place ? reaching([nodeOf(place)], () => entryAndNode(nodeOf(place), auditId), nothing) : nothing();
}
