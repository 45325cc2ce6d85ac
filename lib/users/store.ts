import * as z from 'zod';
import { commit, each, getAll, page, positionOf, type Range } from '../aws/db.ts';
import { reachingBy } from '../aws/vouch-rows.ts';
import { endIdentityKey, toEndUser, withOwnAddress } from '../kit/end-user.ts';
import {
  customerServiceKey,
  endUserKey,
  holderAt,
  memberKey,
  memberPrefix,
  namePartition,
  nodeKey,
  partition,
  roleCollectionKey,
  settingsKey,
  type TreeEntry,
  userCountKey,
  userKey,
} from '../kit/keys.ts';
import { emailHash } from '../kit/membership.ts';
import type { Role } from '../kit/permission.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { keeperOf, namesUnderway, underwayIn } from '../kit/upn.ts';
import { administrates, type Member, personOf } from './admission.ts';
import type { Around, Count } from './around.ts';
import type { Held } from './change.ts';
import { toCollection } from './collection.ts';
import type { Row, Taken } from './import.ts';
import { type Instance, toInstance } from './instance.ts';
import type { RoleChoice } from './role.ts';
import type { Readers } from './search.ts';
import { type StoredUser, toUser, upnKey, userNameKey } from './user.ts';

const storedCount = z.object({
  users: z.number(),
  dropped: z.number().optional(),
  names: namesUnderway.optional(),
  version: z.number(),
});

const storedMember = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(z.string()).transform((list) => list as Role[]),
  state: z.string(),
  endsAt: z.string().optional(),
  version: z.number(),
  createdAt: z.string(),
});

function toMember(item: Readonly<Record<string, unknown>>, nodeId: string): Member {
  const { id, ...rest } = storedMember.parse(item);
  return { nodeId, personId: id, ...rest };
}

/** What surrounds a customer's users, in one round trip after the node is known. */
export async function around(customer: Node, choice?: RoleChoice | null): Promise<Around> {
  const above = customer.path.slice(1, -1);
  const collectionId = choice && 'collectionId' in choice ? choice.collectionId : undefined;
  const owners = collectionId === undefined ? [] : customer.path.slice(1);
  const found = await getAll(
    [
      userCountKey(customer.id),
      settingsKey(providerOf(customer), 'DEFAULTS'),
      ...above.map(nodeKey),
      ...owners.map((owner) => roleCollectionKey(owner, collectionId ?? '')),
    ],
    true,
  );
  const [count, defaults, ...rest] = found;
  const { passwordRule, locks } = defaults ?? {};
  const line = rest
    .slice(0, above.length)
    .flatMap((item, index) => (item ? [index === 0 ? { ...item, passwordRule, locks } : item] : []));
  const collection = rest.slice(above.length).find((item) => item !== undefined);
  return {
    count: count && (storedCount.parse(count) satisfies Count),
    line: [...line, customer.item],
    collection: collection && toCollection(collection),
  };
}

/** What a node itself may hand down: its own profile and those above it, provider first. */
export async function lineOf(node: Node): Promise<Readonly<Record<string, unknown>>[]> {
  const above = node.path.slice(1, -1);
  if (above.length === 0) return [node.item];
  const items = await getAll(above.map(nodeKey), true);
  return [...items.filter((item) => item !== undefined), node.item];
}

export async function userOf(customerId: string, userId: string): Promise<StoredUser | undefined> {
  const [item] = await getAll([userKey(customerId, userId)], true);
  return item && toUser(item, customerId);
}

/** A user with the membership, and where asked another administrator and the user's services. */
export async function heldUser(
  customerId: string,
  userId: string,
  asked: { other: boolean; instances: boolean; again: boolean; count?: boolean },
): Promise<Held | undefined> {
  const personId = personOf(userId);
  const keys = [userKey(customerId, userId), memberKey(customerId, personId)];
  const counts = asked.count ? [userCountKey(customerId)] : [];
  const [[item, member, row, count], other, instances] = await Promise.all([
    getAll([...keys, endUserKey(customerId, personId), ...counts], true),
    asked.other ? anotherAdministrator(customerId, personId) : undefined,
    asked.instances ? instancesOf(customerId, userId) : [],
  ]);
  if (!item) return undefined;
  const endUser = row && toEndUser(row, customerId);
  const names = underwayIn(count);
  // Its UPN may be kept by who looked after the customer before, or does now.
  if (count && names) await reachingBy(count, [keeperOf(userId, names, customerId)], async () => undefined);
  return {
    user: toUser(item, customerId),
    member: member && toMember(member, customerId),
    other,
    instances,
    count: count && storedCount.parse(count),
    endUser: asked.again
      ? await withOwnAddress(endUser, async (key) => (await getAll([key], true))[0])
      : endUser,
  };
}

/** Any administrator but one who can sign in and lasts: reads on only until somebody is found. */
export async function anotherAdministrator(customerId: string, but: string): Promise<Member | undefined> {
  const members = each({
    partition: partition(customerId),
    prefix: memberPrefix,
    limit: 25,
    consistent: true,
  });
  for await (const item of members) {
    const found = toMember(item, customerId);
    if (administrates(found) && found.personId !== but) return found;
  }
  return undefined;
}

async function instancesOf(customerId: string, userId: string): Promise<Instance[]> {
  const out: Instance[] = [];
  const range = { partition: partition(customerId, 'INSTANCE'), prefix: `${userId}#`, limit: 100 };
  for await (const item of each({ ...range, consistent: true })) out.push(toInstance(item));
  return out;
}

/** How a customer's users are found. */
export function readersOf(customerId: string): Readers {
  const names = { index: 'names', partition: namePartition(customerId, 'USER') } as const;
  const addresses = { index: 'tree', partition: partition(customerId, 'USER') } as const;
  const read = async (range: Range) => {
    const { items, next } = await page(range);
    return { seen: items.map((item) => ({ item, behind: positionOf(range, item) })), next };
  };
  return {
    name: (prefix, asked) => read({ ...names, prefix: foldName(prefix), ...asked }),
    address: (prefix, asked) => read({ ...addresses, prefix: prefix.toLowerCase(), ...asked }),
    service: (serviceId, asked) => holders(customerId, serviceId, asked),
  };
}

// A user who had a service when the customer lost it is still in the index, at the epoch of then.
async function holders(
  customerId: string,
  serviceId: string,
  asked: { limit: number; after: string | undefined },
) {
  const range = {
    index: 'tree',
    partition: partition(customerId, 'INSTANCE'),
    prefix: `${serviceId}#`,
  } as const;
  const [{ items, next }, [service]] = await Promise.all([
    page({ ...range, ...asked }),
    getAll([customerServiceKey(customerId, serviceId)]),
  ]);
  const had = service && service.status !== 'NotProvisioned' ? service.epoch : undefined;
  const found = items.map((item) => ({ ...holderAt(item as unknown as TreeEntry), item }));
  const users = await getAll(
    found.filter(({ epoch }) => epoch === had).map(({ userId }) => userKey(customerId, userId)),
  );
  const byId = new Map(users.map((user) => [user?.id, user]));
  return {
    seen: found.map(({ userId, epoch, item }) => ({
      item: epoch === had ? byId.get(userId) : undefined,
      behind: positionOf(range, item),
    })),
    next,
  };
}

export function collectionPage(nodeId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(nodeId, 'ROLES'), limit, after });
}

export async function collectionOf(nodeId: string, collectionId: string) {
  const [item] = await getAll([roleCollectionKey(nodeId, collectionId)], true);
  return item && toCollection(item);
}

/** Which of the names of an import are taken already. */
export async function takenBy(customer: Node, rows: readonly Row[]): Promise<Taken> {
  const commands = rows.flatMap((one) => ('command' in one ? [one.command] : []));
  const upns = commands.map(({ upn }) => upn);
  const names = commands.map(({ upn, userName }) => userName ?? upn.split('@')[0] ?? '');
  const found = await getAll(
    [
      ...upns.map((one) => upnKey(providerOf(customer), one)),
      ...names.map((one) => userNameKey(customer.id, one)),
      ...upns.map((one) => endIdentityKey(emailHash(one))),
    ],
    true,
  );
  return {
    upns: new Set(upns.filter((_, index) => found[index])),
    elsewhere: new Set(
      upns.filter((_, index) => {
        const identity = found[2 * upns.length + index];
        return identity && identity.tenantId !== customer.id;
      }),
    ),
    userNames: new Set(
      names.filter((_, index) => found[upns.length + index]).map((one) => one.toLowerCase()),
    ),
  };
}

/** The one user that a customer has left; undefined where it has none or several. */
export async function lastUserOf(customerId: string): Promise<StoredUser | undefined> {
  const { items } = await page({ partition: partition(customerId, 'USER'), limit: 3, consistent: true });
  const [last, ...more] = items.filter(({ kind }) => kind === 'user');
  return last && more.length === 0 ? toUser(last, customerId) : undefined;
}

/** A customer's profile and one of its users. */
export async function nodeAndUser(customerId: string, userId: string) {
  const [item, user] = await getAll([nodeKey(customerId), userKey(customerId, userId)], true);
  return [item, user && toUser(user, customerId)] as const;
}

export { commit as write };
