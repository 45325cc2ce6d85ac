import { getAll, page } from '../aws/db.ts';
import { type Holdings, toHoldings } from '../kit/holdings.ts';
import {
  assignmentKey,
  catalogKey,
  holdingsKey,
  type Key,
  namePartition,
  nodeKey,
  operationKey,
  partition,
} from '../kit/keys.ts';
import { refuse } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import type { LoadInput } from '../kit/route.ts';
import { foldName } from '../kit/text.ts';
import { type Assignment, type Handing, toAssignment } from './assignment.ts';
import { toItem } from './item.ts';
import { catalogSettingsKey, toSettings } from './settings.ts';

/** The customer's profile as it is read with the caller's membership: what hangs on its place needs no third read. */
export const besideCustomer = ({ target }: { target: string }): Key[] => [nodeKey(target)];

/** What giving an item to a customer depends on; a route that asks declares `alongside: besideCustomer`. */
export async function handingOf(
  { target, alongside }: Pick<LoadInput, 'target' | 'alongside'>,
  itemId: string,
): Promise<Handing> {
  const [profile = refuse(notFound)] = await alongside();
  const [, providerId = ''] = String(profile.path).split('/');
  const parentId = String(profile.parentId);
  const [item, above, current, settings, told] = await getAll(
    [
      catalogKey(providerId, itemId),
      assignmentKey(parentId, itemId),
      assignmentKey(target, itemId),
      catalogSettingsKey(target),
      holdingsKey(target),
    ],
    true,
  );
  return {
    item: item && toItem(item),
    parentId,
    above: above && toAssignment(above),
    current: current && toAssignment(current),
    settings: toSettings(settings),
    told: told !== undefined,
  };
}

/** What a customer has of one item, and whether that is published. */
export async function assignedItem(
  customerId: string,
  itemId: string,
  provider: string | Promise<string>,
): Promise<{ current: Assignment | undefined; published: boolean }> {
  const [current, item] = await getAll(
    [assignmentKey(customerId, itemId), catalogKey(await provider, itemId)],
    true,
  );
  return {
    current: current && toAssignment(current),
    published: item !== undefined && toItem(item).published !== null,
  };
}

/** A page of what a customer has, by name. */
export function assignedByName(
  customerId: string,
  asked: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  return page({
    index: 'names',
    partition: namePartition(customerId, 'ASSIGNED'),
    prefix: foldName(asked.q ?? ''),
    limit: asked.limit,
    after,
  });
}

/** Some of what a customer has, in the order of ids, from behind `after` on. */
export async function assignedPage(customerId: string, limit: number, after: string | undefined) {
  const read = await page({ partition: partition(customerId, 'ASSIGNED'), limit, after, consistent: true });
  return { assignments: read.items.map(toAssignment), next: read.next };
}

/** The same, each with what its giver has of it. */
export async function givenPage(customerId: string, limit: number) {
  const { assignments, next } = await assignedPage(customerId, limit, undefined);
  const givers = await getAll(
    assignments.map(({ from, id }) => assignmentKey(from, id)),
    true,
  );
  const given = assignments.map((one, index) => {
    const giver = givers[index];
    return { one, giver: giver && toAssignment(giver) };
  });
  return { given, next };
}

/** What a customer has of one item, and what it holds, read at once. */
export async function assignmentAndHoldings(customerId: string, itemId: string) {
  const [item, told] = await getAll([assignmentKey(customerId, itemId), holdingsKey(customerId)], true);
  return { current: item && toAssignment(item), holdings: toHoldings(told) };
}

export async function nodeHoldings(nodeId: string): Promise<Holdings> {
  const [told] = await getAll([holdingsKey(nodeId)], true);
  return toHoldings(told);
}

/** Where a move leads; undefined where there is no such operation any more. */
export async function destinationOf(providerId: string, operationId: string): Promise<string | undefined> {
  const [operation] = await getAll([operationKey(providerId, operationId)], true);
  return operation && String(operation.toId);
}

/** What a node has of some items, by their ids. */
export async function assignmentsOf(
  customerId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Assignment>> {
  const found = await getAll(
    ids.map((one) => assignmentKey(customerId, one)),
    true,
  );
  return new Map(found.flatMap((item) => (item ? [[String(item.id), toAssignment(item)] as const] : [])));
}
