import { platformId } from '../kit/id.ts';
import { type Key, nodeKey, tenantOf } from '../kit/keys.ts';
import { overlayOf, placed } from '../kit/move.ts';
import type { Plan } from '../kit/plan.ts';
import { notFound, Problem } from '../kit/problem.ts';
import { type Reach, reachAt, reachOver } from '../kit/reach.ts';
import type { Node } from '../kit/scope.ts';
import { get, getAll } from './db.ts';
import { standing } from './place.ts';
import { alone, asItself, isLimited, widened } from './tenant-session.ts';

export { beneath } from './tenant-session.ts';

type Stored = Readonly<Record<string, unknown>>;

const known = new Map<string, Reach>();
const mostKnown = 5000;
/** When each was looked at last (ms since 1970): who is named besides the target is looked at again after a minute. */
const seenAt = new WeakMap<Reach, number>();
const freshMs = 60_000;

/** A reach that this process has found before: reads may start with it, for what they bring is dropped where it holds no longer. */
export const knownReach = (home: string, target: string): Reach | undefined => known.get(`${home} ${target}`);

/**
 * The reach of a caller by what is stored of both nodes: no role, no permission, nothing that `authorize` says.
 * @throws `notFound` where the target is not the caller's own nor below it.
 */
export function reachOf(stood: {
  readonly home: Node | undefined;
  readonly target: Node | undefined;
  readonly forest: Stored | undefined;
}): Reach {
  const { home, target, forest } = stood;
  if (!home || !target) throw new Problem(notFound);
  const move = overlayOf(forest);
  return keep(home.id, { id: target.id, path: placed(target.path, move) });
}

function keep(home: string, target: Pick<Node, 'id' | 'path'>): Reach {
  const name = `${home} ${target.id}`;
  const before = known.get(name);
  const found = reachOver({ id: home }, target);
  known.delete(name);
  if (!found) throw new Problem(notFound);
  const reach = before && isSame(before, found) ? before : found;
  seenAt.set(reach, Date.now());
  known.set(name, reach);
  if (known.size > mostKnown) known.delete(known.keys().next().value ?? '');
  return reach;
}

const isSame = (one: Reach, other: Reach) =>
  one.provider === other.provider && one.line.join() === other.line.join();

/** The reach of a plan: with the nodes that it makes below the caller. */
export function reachOfPlan(reach: Reach, plan: Plan): Reach {
  const made = plan.writes.flatMap((write) => {
    if (write.do !== 'create' || write.item.SK !== nodeKey('').SK) return [];
    const path = String(write.item.path).split('/');
    return path.includes(reach.home) ? [tenantOf(write.item)] : [];
  });
  return made.length === 0 ? reach : { ...reach, others: [...new Set([...reach.others, ...made])] };
}

/**
 * Runs work that reaches tenants which a request names besides its target: all have to stand below the caller by
 * their stored paths. What this process has found within a minute is not read again.
 * @throws `notFound` for one that does not, where nothing is to be done `otherwise`.
 */
export async function reaching<T>(
  ids: readonly (string | undefined)[],
  work: () => Promise<T>,
  otherwise?: () => Promise<T>,
): Promise<T> {
  if (!isLimited()) return work();
  let strange = false;
  const vouch = (reach: Reach) =>
    below(reach, ids).catch((error: unknown) => {
      if (!otherwise || !(error instanceof Problem) || error.type !== notFound) throw error;
      strange = true;
      return { others: [], page: reach.page };
    });
  return widened(vouch, async () => (strange && otherwise ? otherwise() : work()));
}

async function below(
  reach: Reach,
  ids: readonly (string | undefined)[],
): Promise<Pick<Reach, 'others' | 'page'>> {
  const others = [...new Set(ids.filter((id) => id !== undefined))].filter(
    (id) => id !== reach.home && id !== reach.target && /^(cus|prv)_/.test(id),
  );
  const isFresh = (one: Reach | undefined) =>
    one !== undefined && Date.now() - (seenAt.get(one) ?? 0) < freshMs;
  const strange = others.filter((id) => !isFresh(known.get(`${reach.home} ${id}`)));
  const found = strange.length === 0 ? [] : await getAll(strange.map(nodeKey), true);
  for (const item of found) {
    const node = await standing(item);
    if (!node) throw new Problem(notFound);
    keep(reach.home, node);
  }
  const between = others.flatMap((id) => {
    const line = known.get(`${reach.home} ${id}`)?.line ?? [];
    return line.slice(line.indexOf(reach.home) + 1);
  });
  return { others: [...new Set([...others, ...between])], page: reach.page };
}

/**
 * Looks at a node, and runs work that reaches it where it stands below the caller; else with undefined, as if there
 * were none. One read, which the work need not repeat.
 */
export async function atNodeBelow<T>(id: string, work: (node: Node | undefined) => Promise<T>): Promise<T> {
  const item = await asItself(() => get(nodeKey(id), true));
  const node = await asItself(() => standing(item));
  if (!node) return work(undefined);
  let others: readonly string[] | undefined;
  return widened(
    async (reach) => {
      others = node.path.slice(node.path.indexOf(reach.home) + 1 || node.path.length);
      return { others, page: reach.page };
    },
    () => work(others === undefined || others.length > 0 ? node : undefined),
  );
}

/** Profiles of nodes, wherever they stand: what a handshake between tenants names each other by. */
export const profilesOf = (ids: readonly string[], consistent = true) =>
  asItself(() => getAll(ids.map(nodeKey), consistent));

/**
 * Runs work for one tenant alone: that a token says it is about, which the work then finds to be right or wrong, or
 * that a note of what is due names.
 */
export const forTenant = <T>(id: string, work: () => Promise<T>): Promise<T> =>
  alone(reachAt([platformId, id]), work);

/** Items of the nodes' own partitions (profiles, counts), wherever they stand: of a subtree that is counted whole. */
export const ofNodes = (keys: readonly Key[]) => asItself(() => getAll(keys, true));
