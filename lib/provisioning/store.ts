import { each, get, getAll, page } from '../aws/db.ts';
import {
  customerServicePrefix,
  directoryObjectKey,
  forestKey,
  nodeKey,
  partition,
  provisioningRequestKey,
  settingsKey,
  userKey,
} from '../kit/keys.ts';
import { overlayOf, placed } from '../kit/move.ts';
import { type Lane, toLane } from './lane.ts';
import { type Belief, toBelief } from './object.ts';
import { type Request, toRequest } from './request.ts';
import { containerId } from './rules.ts';
import type { Surroundings } from './wish.ts';

/** One request of a customer. */
export async function requestOf(customerId: string, requestId: string): Promise<Request | undefined> {
  const item = await get(provisioningRequestKey(customerId, requestId), true);
  return item && toRequest(item);
}

/** A page of a customer's requests, newest first. */
export function requestPage(customerId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(customerId, 'PROVISION'), limit, after, backwards: true });
}

/** A request with its subject's belief, whether its customer still exists, and who runs now. */
export async function requestAtWork(
  customerId: string,
  at: { requestId: string; objectId: string },
): Promise<{ request: Request | undefined; subject: Belief | undefined; exists: boolean }> {
  const [request, subject, node] = await getAll(
    [
      provisioningRequestKey(customerId, at.requestId),
      directoryObjectKey(customerId, at.objectId),
      nodeKey(customerId),
    ],
    true,
  );
  return {
    request: request && toRequest(request),
    subject: subject && toBelief(subject),
    exists: node !== undefined,
  };
}

export async function laneOf(customerId: string): Promise<Lane | undefined> {
  return toLane(await get(settingsKey(customerId, 'PROVISIONING'), true));
}

/** What the engine believes of some objects of one owner. */
export async function beliefsOf(
  owner: string,
  objectIds: readonly string[],
): Promise<(Belief | undefined)[]> {
  const items = await getAll(
    objectIds.map((one) => directoryObjectKey(owner, one)),
    true,
  );
  return items.map((item) => item && toBelief(item));
}

/** Every object of a customer of one kind: `U#` users, `G#` groups, `F#` folders. */
export async function* eachBelief(owner: string, prefix: 'U#' | 'G#' | 'F#'): AsyncGenerator<Belief> {
  const found = each({
    partition: partition(owner, 'DIRECTORY'),
    prefix,
    limit: 100,
    consistent: true,
  });
  for await (const item of found) yield toBelief(item);
}

/** Some of a customer's objects of one kind. */
export async function beliefPage(owner: string, prefix: 'U#', after: string | undefined) {
  const { items, next } = await page({
    partition: partition(owner, 'DIRECTORY'),
    prefix,
    limit: 100,
    after,
    consistent: true,
  });
  return { beliefs: items.map(toBelief), next };
}

/** A page of a customer's objects, and the containers of the nodes above, top first. */
export async function objectPage(
  customerId: string,
  query: { limit: number; path: readonly string[] },
  after: string | undefined,
) {
  const above = query.path.map((id) => directoryObjectKey(id, containerId));
  const [{ items, next }, containers] = await Promise.all([
    page({ partition: partition(customerId, 'DIRECTORY'), limit: query.limit, after }),
    getAll(above),
  ]);
  return {
    beliefs: items.map(toBelief),
    next,
    chain: containers.flatMap((item) => (item ? toBelief(item).rdns.slice(-1) : [])),
  };
}

/** What the tree, the services and a user say of a customer, wherever a move has it now. `parentId` leads to the nodes above one that is gone. */
export async function surroundingsOf(
  customerId: string,
  at: { providerId: string; userId?: string | undefined; parentId?: string },
): Promise<Surroundings> {
  const keys = [
    nodeKey(customerId),
    nodeKey(at.parentId ?? customerId),
    userKey(customerId, at.userId ?? '-'),
    forestKey(at.providerId),
    settingsKey(at.providerId, 'DEFAULTS'),
  ];
  const [[customer, parent, user, tree, defaults], services, userServices] = await Promise.all([
    getAll(keys, true),
    instances(customerId, customerServicePrefix),
    at.userId ? servicesOf(customerId, at.userId) : [],
  ]);
  const stored = String(customer?.path ?? `${parent?.path}/${customerId}`).split('/');
  const path = placed(stored, overlayOf(tree));
  const above = await getAll(
    path.slice(1, -1).map((id) => nodeKey(id)),
    true,
  );
  return {
    customer,
    above: above.filter((one) => one !== undefined),
    services,
    user,
    userServices,
    defaults,
  };
}

async function instances(customerId: string, prefix: string) {
  const out: Record<string, unknown>[] = [];
  const found = each({
    partition: partition(customerId, 'INSTANCE'),
    prefix,
    limit: 100,
    consistent: true,
  });
  for await (const item of found) out.push(item);
  return out;
}

/** What a user has and had. */
export const servicesOf = (customerId: string, userId: string) => instances(customerId, `${userId}#`);

/** Some of a customer's users, with the items that find them by address left out. */
export async function userPage(customerId: string, limit: number, after: string | null) {
  const { items, next } = await page({
    partition: partition(customerId, 'USER'),
    limit,
    after: after ?? undefined,
    consistent: true,
  });
  return { users: items.filter(({ kind }) => kind === 'user'), next };
}
