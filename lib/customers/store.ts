import { commit, each, get, getAll, page } from '../aws/db.ts';
import { ofNodes, reaching } from '../aws/vouch.ts';
import { toHoldings } from '../kit/holdings.ts';
import {
  archiveKey,
  companyKey,
  customerServicePrefix,
  forestKey,
  holdingsKey,
  type Key,
  memberKey,
  memberPrefix,
  meterPrefix,
  namePartition,
  nodeKey,
  openRequestsKey,
  operationKey,
  partition,
  personKey,
  probeCountsKey,
  resellerKey,
  settingsKey,
  treeEntry,
  userCountKey,
  usersOfCollection,
} from '../kit/keys.ts';
import type { Membership } from '../kit/membership.ts';
import { type Move, overlayOf, placed } from '../kit/move.ts';
import type { Write } from '../kit/plan.ts';
import type { LoadInput } from '../kit/route.ts';
import type { Node } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { administrates, toMembership } from './administrator.ts';
import { nodeFrom } from './cascade.ts';
import { type Found, isWhole, take } from './census.ts';
import type { ChangedCustomer, Neighbours } from './change.ts';
import { codeKey, codesFor, codesRead } from './code.ts';
import { type Person, toCompany, toPerson } from './company.ts';
import type { Facts } from './customer.ts';
import type { Estate } from './deletion.ts';
import { type DirectCustomer, domainsAsked, narrows, type Surroundings } from './direct.ts';
import { domainKey, type Holders, toHolder } from './domain.ts';
import { type Forest, toForest } from './forest.ts';
import type { Journey } from './move.ts';
import { toCustomer } from './profile.ts';
import type { Sales, Selling } from './reseller.ts';
import { defaultsKey } from './settings.ts';

type Stored = Readonly<Record<string, unknown>>;

/** What adding a customer depends on, in one round trip. */
export async function factsFor(
  providerId: string,
  asked: { companyId: string; name?: string | undefined; administrators: readonly string[] },
  again: boolean,
): Promise<Facts> {
  const [mspMode, company, ...people] = await getAll(
    [
      settingsKey(providerId, 'MSP_MODE'),
      companyKey(providerId, asked.companyId),
      ...asked.administrators.map((personId) => personKey(providerId, asked.companyId, personId)),
    ],
    true,
  );
  const known = company && toCompany(company);
  const named = asked.name ?? known?.name;
  return {
    codesTaken: named === undefined ? [] : await codesTaken(providerId, named, again),
    mspModeOn: mspMode?.enabled === 1,
    company: known,
    people: people.map((item) => item && toPerson(item)),
  };
}

/** Which of the codes that a name may give are taken. */
export async function codesTaken(providerId: string, name: string, again: boolean): Promise<string[]> {
  const codes = codesFor(name, codesRead(again));
  const found = await getAll(
    codes.map((one) => codeKey(providerId, one)),
    again,
  );
  return codes.filter((_, index) => found[index]);
}

/** A page of a node's customers by name. */
export function customersByName(
  parentId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  return page({
    index: 'names',
    partition: namePartition(parentId, 'CUSTOMER'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

/** A node and the tree that it stands in, at about the same time. */
export async function standingOf(
  providerId: string,
  nodeId: string,
): Promise<{ path: readonly string[]; forest: Forest }> {
  const [node, tree] = await getAll([nodeKey(nodeId), forestKey(providerId)], true);
  const forest = toForest(tree);
  return { path: node ? nodeFrom(node, overlayOf(forest)).path : [], forest };
}

export const profileOf = (nodeId: string) => get(nodeKey(nodeId), true);

/** A page of the people who hold roles at a customer. */
export function memberPage(customerId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(customerId), prefix: memberPrefix, limit, after });
}

export async function administratorOf(customerId: string, personId: string): Promise<Membership | undefined> {
  const item = await get(memberKey(customerId, personId), true);
  const found = item && toMembership(item, customerId);
  return found && administrates(found) ? found : undefined;
}

/** A person of the customer's company, and what they hold at the customer. */
export async function candidate(
  customer: { providerId: string; id: string; companyId: string | null },
  personId: string,
): Promise<{ person: Person | undefined; current: Membership | undefined }> {
  const [person, member] = await getAll(
    [personKey(customer.providerId, customer.companyId ?? '-', personId), memberKey(customer.id, personId)],
    true,
  );
  return { person: person && toPerson(person), current: member && toMembership(member, customer.id) };
}

async function holdersOf(providerId: string, names: readonly string[]): Promise<Holders> {
  const found = await getAll(
    names.map((one) => domainKey(providerId, one)),
    true,
  );
  return Object.fromEntries(names.map((one, index) => [one, found[index] && toHolder(found[index])]));
}

/** What adding a customer directly depends on; a second round trip only where the nodes above narrow it. */
export async function surroundingsFor(
  providerId: string,
  asked: { home: string; command: DirectCustomer },
  again: boolean,
): Promise<Surroundings> {
  const { home, command } = asked;
  const parentId = command.parentId ?? home;
  const below = parentId === providerId ? [] : [forestKey(providerId)];
  const mode = settingsKey(providerId, 'MSP_MODE');
  const [[mspMode, stored, tree], codes, holders] = await Promise.all([
    reaching(
      [parentId],
      () => getAll([mode, nodeKey(parentId), ...below], true),
      async () => (await getAll([mode, ...below], true)).toSpliced(1, 0, undefined),
    ),
    command.code === undefined ? codesTaken(providerId, command.name, again) : [],
    holdersOf(
      providerId,
      domainsAsked(command).map(({ name }) => name),
    ),
  ]);
  const forest = toForest(tree);
  const parent = stored && nodeFrom(stored, overlayOf(forest));
  const line = parent && narrows(command) ? await lineAbove([...parent.path, '']) : [];
  return {
    mspModeOn: mspMode?.enabled === 1,
    parent,
    forest,
    line,
    codesTaken: codes,
    holders,
  };
}

/** What a change of domains, roles or limits depends on. */
export async function neighboursFor(node: Node, asked: ChangedCustomer): Promise<Neighbours> {
  const { domains, parentId } = toCustomer(node.item);
  const names = asked.domains && [...domains, ...asked.domains].map(({ name }) => name);
  const [line, holders, parent, users] = await Promise.all([
    asked.allowedRoles || asked.userLimit ? lineAbove(node.path) : [],
    holdersOf(node.path[1] ?? '', [...new Set(names)]),
    asked.domains && asked.shareDomains ? profileOf(parentId) : undefined,
    asked.domains && get(userCountKey(node.id), true),
  ]);
  return { line, holders, parent: parent && nodeFrom(parent), users };
}

/** What a reseller counts, and how many services it may hand on. */
export async function salesOf(nodeId: string): Promise<Omit<Sales, 'holdings'>> {
  const [item, { offered }] = await Promise.all([get(resellerKey(nodeId), true), holdingsOf(nodeId)]);
  return { selling: toSelling(item), offers: offered.length };
}

export const forestOf = async (providerId: string): Promise<Forest> =>
  toForest(await get(forestKey(providerId), true));

/** Everything that a customer still holds, credits aside. */
export async function estateOf(node: Node): Promise<Omit<Estate, 'holdings' | 'balance' | 'access'>> {
  const providerId = node.path[1] ?? '';
  const { companyId } = toCustomer(node.item);
  const one = (place: { partition: string; prefix?: string }) =>
    page({ ...place, limit: 100, consistent: true });
  const [[selling, forest, company, users, requests, probes], people, { had, offered }, meters] =
    await Promise.all([
      getAll(
        [
          resellerKey(node.id),
          forestKey(providerId),
          companyKey(providerId, companyId ?? '-'),
          userCountKey(node.id),
          openRequestsKey(node.id),
          probeCountsKey(node.id),
        ],
        true,
      ),
      one({ partition: partition(node.id), prefix: memberPrefix }),
      holdingsOf(node.id),
      one({ partition: partition(node.id), prefix: meterPrefix }),
    ]);
  return {
    selling: toSelling(selling),
    forest: toForest(forest),
    company: company && toCompany(company),
    users: users && { users: Number(users.users), version: Number(users.version) },
    requests: requests && { open: Number(requests.open), version: Number(requests.version) },
    probes: probes && { live: Number(probes.live), version: Number(probes.version) },
    people: people.items.map((item) => toMembership(item, node.id)),
    services: had.length,
    offers: offered.length,
    meters: new Map(meters.items.map(({ type, version }) => [String(type), Number(version)])),
    licences: meters.items.filter(({ limit, used }) => Number(limit ?? 0) + Number(used ?? 0) > 0).length,
  };
}

export async function archiveOf(providerId: string, customerId: string) {
  return get(archiveKey(providerId, customerId));
}

/** Writes what a reaction decided. */
export function write(writes: readonly Write[], token: string, deadline: number): Promise<void> {
  return commit(writes, token, deadline);
}

export const defaultsOf = (providerId: string) => get(defaultsKey(providerId), true);

/** The profiles above a node, from the provider down; the provider’s with its defaults. */
export async function lineAbove(path: readonly string[]): Promise<Stored[]> {
  const providerId = path[1] ?? '';
  const ids = path.slice(1, -1);
  const below = path.length > 3 ? [forestKey(providerId)] : [];
  const keys = [defaultsKey(providerId), ...ids.map(nodeKey), ...below];
  const [defaults, ...read] = await getAll(keys, true);
  const real = placed(path, overlayOf(below.length > 0 ? read.at(-1) : undefined));
  if (real.join() !== path.join()) return lineAbove(real);
  const found = read.slice(0, ids.length);
  const { PK, SK, kind, version, ...said } = defaults ?? {};
  return found.flatMap((item) => (item ? [item.id === providerId ? { ...item, ...said } : item] : []));
}

/** Services of a node, by id: those it has, those it may hand on. */
async function holdingsOf(nodeId: string): Promise<{ had: string[]; offered: string[] }> {
  const those = async (place: { partition: string; prefix?: string }, counts: (item: Stored) => boolean) => {
    const found: string[] = [];
    for await (const item of each({ ...place, limit: 100, consistent: true })) {
      if (counts(item)) found.push(String(item.SK).replace(/^#/, ''));
    }
    return found;
  };
  const [had, offered] = await Promise.all([
    those({ partition: partition(nodeId, 'INSTANCE'), prefix: customerServicePrefix }, isHad),
    those({ partition: partition(nodeId, 'OFFER') }, isOffered),
  ]);
  return { had, offered };
}

/** Items of the catalogue that a node has. */
async function itemsOf(nodeId: string): Promise<string[]> {
  const found: string[] = [];
  const range = { partition: partition(nodeId, 'ASSIGNED'), limit: 100, consistent: true };
  for await (const item of each(range)) found.push(String(item.SK));
  return found;
}

const isHad = ({ status }: Stored) => status !== 'NotProvisioned';
const isOffered = ({ offered }: Stored) => offered === 1;

/** Counted from what is stored: an index may be late, so each reseller's count is compared with what was seen. */
async function sizeOf(node: Node): Promise<Journey['subtree'] & { ids: string[] }> {
  const { G1, S1 } = treeEntry(node.path[1] ?? '', node.path);
  const own = asStored([node]);
  // Where the index fails first nobody waits for this any more, and nobody is to hear of it.
  own.catch(() => undefined);
  let levels = 1;
  async function* found(): AsyncGenerator<Found> {
    for (let after: string | undefined, more = true; more; ) {
      const { items, next } = await page({ index: 'tree', partition: G1, prefix: S1, limit: 1000, after });
      const below = items.filter(({ id }) => id !== node.id);
      const some = Array.from({ length: Math.ceil(below.length / atOnce) }, (_, n) =>
        asStored(below.slice(n * atOnce, (n + 1) * atOnce)),
      );
      for (const one of (await Promise.all([own, ...some])).flat()) {
        const path = String(one.node.path).split('/');
        if (!path.includes(node.id)) continue;
        levels = Math.max(levels, path.length - path.indexOf(node.id));
        yield one;
      }
      after = next ?? undefined;
      more = next !== null;
    }
  }
  const census = await take(found());
  const ids = [...census.nodes];
  return { ids, nodes: ids.length, levels, whole: isWhole(census, node, census.resellers) };
}

const atOnce = 50;

/** Nodes that an index led to, each with what it counts, as stored now. */
async function asStored(nodes: readonly { readonly id?: unknown }[]): Promise<Found[]> {
  const ids = nodes.map(({ id }) => String(id));
  const stored = await ofNodes(ids.flatMap((id) => [nodeKey(id), resellerKey(id)]));
  return ids.flatMap((_, at) => {
    const [node, selling] = stored.slice(2 * at, 2 * at + 2);
    return node ? [{ node, selling: toSelling(selling) }] : [];
  });
}

/** The version of a provider's count of customers, which each that comes or goes changes. */
export async function headcountOf(providerId: string): Promise<number | undefined> {
  const counted = await get(settingsKey(providerId, 'MSP_MODE'), true);
  return counted && Number(counted.version);
}

/** Read with the caller's membership, and so before anything that a node holds is listed: binds to what is listed. */
export const besideHoldings = ({ target }: { target: string }): Key[] => [holdingsKey(target)];
export async function holdingsTold({ alongside }: Pick<LoadInput, 'alongside'>): Promise<number | undefined> {
  const [told] = await alongside();
  return told && Number(told.version);
}

/** The new parent of a move, and what it holds before that is listed. */
export async function newParentOf(parentId: string) {
  const [stored, told] = await getAll([nodeKey(parentId), holdingsKey(parentId)], true);
  return { stored, parentHoldings: toHoldings(told) };
}

/** What a move depends on, bound to the tree as it is. */
export async function journeyOf(
  node: Node,
  parentId: string,
  stored: Stored | undefined,
): Promise<Omit<Journey, 'holdings' | 'parentHoldings' | 'headcount'>> {
  const parentPath = String(stored?.path ?? '').split('/');
  const direct = parentId === node.path[1];
  const left = node.path.slice(2, -1).filter((one) => !parentPath.includes(one));
  const [forest, { ids, ...subtree }, own, others, items, theirs, old, line, collections] = await Promise.all(
    [
      forestOf(node.path[1] ?? ''),
      sizeOf(node),
      holdingsOf(node.id),
      direct ? null : holdingsOf(parentId),
      itemsOf(node.id),
      direct ? null : itemsOf(parentId),
      lineAbove(node.path),
      parentPath.length > 1 ? lineAbove([...parentPath, '']) : [],
      Promise.all(left.map(collectionsOf)),
    ],
  );
  return {
    forest,
    parent: stored && nodeFrom(stored, overlayOf(forest)),
    above: { old, new: line },
    subtree,
    held: held([...own.had, ...own.offered]),
    offered: others?.offered ?? null,
    items: { held: items, offered: theirs },
    collections: await heldIn(ids, collections.flat()),
  };
}

async function collectionsOf(nodeId: string): Promise<Stored[]> {
  const found: Stored[] = [];
  const stored = each({ partition: partition(nodeId, 'ROLES'), limit: 100, consistent: true });
  for await (const item of stored) found.push(item);
  return found;
}

/** Which of these somebody at these nodes holds; who holds what is read only where anybody holds any. */
async function heldIn(
  nodeIds: readonly string[],
  collections: readonly Stored[],
): Promise<Journey['collections']> {
  const anybody = collections.some(({ users }) => Number(users) > 0);
  const counts = anybody ? await ofNodes(nodeIds.map(userCountKey)) : [];
  return collections.map(({ id, nodeId, version }) => ({
    id: String(id),
    nodeId: String(nodeId),
    version: Number(version),
    held: counts.some((one) => Number(one?.[usersOfCollection(String(id))] ?? 0) > 0),
  }));
}

const held = (services: readonly string[]): Journey['held'] =>
  [...new Set(services)].map((serviceId) => ({
    serviceId,
    times: services.filter((one) => one === serviceId).length,
  }));

export const operationOf = (providerId: string, operationId: string) =>
  get(operationKey(providerId, operationId), true);

/** A page of stored profiles where a subtree was left: what of it the index still shows there. */
export async function leftBehind(
  move: Move,
  asked: { limit: number; after?: string | undefined },
): Promise<{ items: Stored[]; next: string | null }> {
  const { G1, S1 } = treeEntry(move.from[1] ?? '', [...move.from, move.id]);
  const { items, next } = await page({ index: 'tree', partition: G1, prefix: S1, ...asked });
  const found = await getAll(items.map(keyOf), true);
  return { items: found.filter((item) => item !== undefined), next };
}

/** What the index shows where a subtree stands now, each node with what it counts as stored now. */
export async function* arrivedNodes(move: Move): AsyncGenerator<Found> {
  const { G1, S1 } = treeEntry(move.to[1] ?? '', [...move.to, move.id]);
  let after: string | undefined;
  do {
    const read = await page({ index: 'tree', partition: G1, prefix: S1, limit: 100, after });
    yield* await asStored(read.items);
    after = read.next ?? undefined;
  } while (after);
}

/** What these resellers count now. */
export async function sellingsOf(ids: readonly string[]): Promise<Map<string, Selling>> {
  const found = await getAll(ids.map(resellerKey), true);
  return new Map(
    ids.flatMap((id, index) => {
      const selling = toSelling(found[index]);
      return selling ? [[id, selling] as const] : [];
    }),
  );
}

const keyOf = ({ PK, SK }: Stored) => ({ PK: String(PK), SK: String(SK) });
const toSelling = (item: Stored | undefined): Selling | undefined =>
  item && { children: Number(item.children), version: Number(item.version) };
