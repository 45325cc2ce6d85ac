import { commit, each, get, getAll, page } from '../aws/db.ts';
import { idLength } from '../kit/id.ts';
import {
  archiveKey,
  companyKey,
  customerServicePrefix,
  forestKey,
  memberKey,
  memberPrefix,
  meterPrefix,
  namePartition,
  nodeKey,
  operationKey,
  partition,
  pathAt,
  personKey,
  resellerKey,
  settingsKey,
  type TreeEntry,
  treeEntry,
} from '../kit/keys.ts';
import type { Membership } from '../kit/membership.ts';
import { type Move, placed } from '../kit/move.ts';
import type { Write } from '../kit/plan.ts';
import type { Node } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { administrates, toMembership } from './administrator.ts';
import { nodeFrom } from './cascade.ts';
import type { ChangedCustomer, Neighbours } from './change.ts';
import { codeKey, codesFor, codesRead } from './code.ts';
import { type Person, toCompany, toPerson } from './company.ts';
import type { Facts } from './customer.ts';
import type { Estate } from './deletion.ts';
import { type DirectCustomer, domainsAsked, narrows, type Surroundings } from './direct.ts';
import { domainKey, type Holders } from './domain.ts';
import { type Forest, toForest } from './forest.ts';
import type { Journey } from './move.ts';
import { toCustomer } from './profile.ts';
import type { Selling } from './reseller.ts';
import { defaultsKey } from './settings.ts';
import { merge, type Read, realPlace, type Stretch, startAfter, stretchesOf } from './subtree.ts';

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

/** A page of a node and what stands below it, in path order; a node on its way is seen once, where it really is. */
export async function subtreePage(
  path: readonly string[],
  query: { limit: number; after: string | undefined; move: Move | undefined },
): Promise<{ items: Placed[]; next: string | null }> {
  const { limit, after, move } = query;
  const reads: Read<Placed>[] = [];
  for (const stretch of stretchesOf(path, move)) {
    const from = startAfter(stretch, after);
    if (from === undefined) continue;
    reads.push(await readStretch({ G1: partition(path[1] ?? ''), from, limit, move }, stretch));
  }
  return merge(reads, limit);
}

async function readStretch(
  range: { G1: string; from: string; limit: number; move: Move | undefined },
  { prefix, real }: Stretch,
): Promise<Read<Placed>> {
  const { G1, from, limit, move } = range;
  const read = await page({ index: 'tree', partition: G1, from, to: `${prefix}~`, limit });
  const behind = prefix !== real;
  const seen = read.items.map((item) => {
    const stored = pathAt(item as unknown as TreeEntry);
    const path = placed(stored, move);
    return {
      place: realPlace(path, undefined),
      moved: path !== stored && String(path) !== String(stored),
      path,
      item,
    };
  });
  const last = seen.at(-1);
  return {
    // What has not followed yet is read where it was left, not here.
    items: seen
      .filter(({ moved }) => moved === behind)
      .map(({ place, path, item }) => ({ place, item: { ...item, path } as Placed })),
    upTo: read.next === null || !last ? null : behind ? last.place : String(last.item.S1),
  };
}
type Placed = Readonly<Record<string, unknown>> & { readonly path: readonly string[] };

/** A node and the tree that it stands in, at about the same time. */
export async function standingOf(
  providerId: string,
  nodeId: string,
): Promise<{ path: readonly string[]; forest: Forest }> {
  const [node, tree] = await getAll([nodeKey(nodeId), forestKey(providerId)], true);
  const forest = toForest(tree);
  return { path: node ? nodeFrom(node, forest.move).path : [], forest };
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

/** Any administrator but one: reads on only until somebody is found. */
export async function anotherAdministrator(customerId: string, but: string): Promise<Membership | undefined> {
  const members = each({
    partition: partition(customerId),
    prefix: memberPrefix,
    limit: 25,
    consistent: true,
  });
  for await (const item of members) {
    const found = toMembership(item, customerId);
    if (administrates(found) && found.personId !== but) return found;
  }
  return undefined;
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
  return Object.fromEntries(
    names.map((one, index) => [one, found[index] && String(found[index].customerId)]),
  );
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
  const [[mspMode, stored, tree], codes, holders] = await Promise.all([
    getAll([settingsKey(providerId, 'MSP_MODE'), nodeKey(parentId), ...below], true),
    command.code === undefined ? codesTaken(providerId, command.name, again) : [],
    holdersOf(
      providerId,
      domainsAsked(command).map(({ name }) => name),
    ),
  ]);
  const forest = toForest(tree);
  const parent = stored && nodeFrom(stored, forest.move);
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
  const [line, holders] = await Promise.all([
    asked.allowedRoles || asked.userLimit ? lineAbove(node.path) : [],
    holdersOf(node.path[1] ?? '', asked.domains?.map(({ name }) => name) ?? []),
  ]);
  return { line, holders };
}

export async function sellingOf(nodeId: string): Promise<Selling | undefined> {
  const item = await get(resellerKey(nodeId), true);
  return item && { children: Number(item.children), version: Number(item.version) };
}

export const forestOf = async (providerId: string): Promise<Forest> =>
  toForest(await get(forestKey(providerId), true));

/** Everything that a customer still holds; the counts of services and licences stop at one. */
export async function estateOf(node: Node): Promise<Estate> {
  const providerId = node.path[1] ?? '';
  const { companyId } = toCustomer(node.item);
  const one = (place: { partition: string; prefix?: string }) =>
    page({ ...place, limit: 100, consistent: true });
  const [[selling, forest, company, users], people, services, meters] = await Promise.all([
    getAll(
      [
        resellerKey(node.id),
        forestKey(providerId),
        companyKey(providerId, companyId ?? '-'),
        settingsKey(node.id, 'USERS'),
      ],
      true,
    ),
    one({ partition: partition(node.id), prefix: memberPrefix }),
    one({ partition: partition(node.id, 'INSTANCE') }),
    one({ partition: partition(node.id), prefix: meterPrefix }),
  ]);
  return {
    selling: selling && { children: Number(selling.children), version: Number(selling.version) },
    forest: toForest(forest),
    company: company && toCompany(company),
    users: users && { users: Number(users.users), version: Number(users.version) },
    people: people.items.map((item) => toMembership(item, node.id)),
    services: services.items.length,
    licences: meters.items.filter(({ allocated, used }) => Number(allocated ?? 0) + Number(used ?? 0) > 0)
      .length,
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
export async function lineAbove(path: readonly string[]): Promise<Readonly<Record<string, unknown>>[]> {
  const providerId = path[1] ?? '';
  const ids = path.slice(1, -1);
  const below = path.length > 3 ? [forestKey(providerId)] : [];
  const keys = [defaultsKey(providerId), ...ids.map(nodeKey), ...below];
  const [defaults, ...read] = await getAll(keys, true);
  const { move } = toForest(below.length > 0 ? read.at(-1) : undefined);
  const real = placed(path, move);
  if (real.join() !== path.join()) return lineAbove(real);
  const found = read.slice(0, ids.length);
  const { PK, SK, kind, version, ...said } = defaults ?? {};
  return found.flatMap((item) => (item ? [item.id === providerId ? { ...item, ...said } : item] : []));
}

async function servicesOf(place: { partition: string; prefix?: string }): Promise<string[]> {
  const found: string[] = [];
  for await (const { SK } of each({ ...place, limit: 100, consistent: true })) {
    found.push(String(SK).replace(/^#/, ''));
  }
  return found;
}

async function sizeOf(node: Node): Promise<Journey['subtree']> {
  const { G1, S1 } = treeEntry(node.path[1] ?? '', node.path);
  let [nodes, longest] = [0, S1.length];
  for await (const item of each({ index: 'tree', partition: G1, prefix: S1, limit: 1000 })) {
    nodes++;
    longest = Math.max(longest, String(item.S1).length);
  }
  return { nodes, levels: (longest - S1.length) / idLength + 1 };
}

/** What a move depends on, bound to the tree as it is. */
export async function journeyOf(
  node: Node,
  parentId: string,
  stored: Readonly<Record<string, unknown>> | undefined,
): Promise<Journey> {
  const parent = stored && nodeFrom(stored);
  const [forest, subtree, held, offers, offered, own, theirs, old, line] = await Promise.all([
    forestOf(node.path[1] ?? ''),
    sizeOf(node),
    servicesOf({ partition: partition(node.id, 'INSTANCE'), prefix: customerServicePrefix }),
    servicesOf({ partition: partition(node.id, 'OFFER') }),
    parentId === node.path[1] ? null : servicesOf({ partition: partition(parentId, 'OFFER') }),
    servicesOf({ partition: partition(node.id, 'ASSIGNED') }),
    parentId === node.path[1] ? null : servicesOf({ partition: partition(parentId, 'ASSIGNED') }),
    lineAbove(node.path),
    parent && parent.path.length > 1 ? lineAbove([...parent.path, '']) : [],
  ]);
  return {
    forest,
    parent,
    above: { old, new: line },
    subtree,
    held: [...new Set([...held, ...offers])],
    offered,
    items: { held: own, offered: theirs },
  };
}

export const operationOf = (providerId: string, operationId: string) =>
  get(operationKey(providerId, operationId), true);

/** Some stored profiles whose paths have not followed a move yet. */
export async function strayed(move: Move, limit: number): Promise<Readonly<Record<string, unknown>>[]> {
  const { G1, S1 } = treeEntry(move.from[1] ?? '', [...move.from, move.id]);
  const { items } = await page({ index: 'tree', partition: G1, prefix: S1, limit });
  const keys = items.map(({ PK, SK }) => ({ PK: String(PK), SK: String(SK) }));
  return (await getAll(keys, true)).filter((item) => item !== undefined);
}
