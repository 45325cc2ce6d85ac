import { randomUUID } from 'node:crypto';
import { commit, getAll } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { follow } from '../../lib/customers/move.ts';
import { type Customer, toItem, unsaid } from '../../lib/customers/profile.ts';
import { forestOf, leftBehind } from '../../lib/customers/store.ts';
import { forestKey, nodeKey, resellerKey } from '../../lib/kit/keys.ts';
import type { Item, Write } from '../../lib/kit/plan.ts';
import { plant } from '../every/planting.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Branch, plantReseller } from '../kit/forest.ts';
import { type Answer, type Caller, call, type Msp } from '../kit/world.ts';

export const put = (...writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);
/** Asks for moves in the provider's name, unless somebody else asks. */
export const mover =
  (msp: Msp) =>
  (id: string, parentId: string, as: Caller = msp.catalog, query = ''): Promise<Answer> =>
    call(`POST /v1/customers/${id}/move${query}`, { as, body: { parentId } });
export const status = async (id: string, as: Caller) =>
  (await call(`GET /v1/customers/${id}`, { as })).status;

/** Everything that the reader sees of a subtree, page after page. */
export async function seen(id: string, as: Caller, limit = 100): Promise<string[]> {
  const out: string[] = [];
  let cursor = '';
  do {
    const { body } = await call(
      `GET /v1/customers/${id}/subtree?limit=${limit}${cursor && `&cursor=${cursor}`}`,
      { as },
    );
    out.push(...body.items.map((one: { id: string }) => one.id));
    cursor = body.nextCursor ?? '';
  } while (cursor);
  return out;
}

/** Lets the stored paths follow, as the queue would. */
export async function arrive(id: string): Promise<void> {
  const done = new Set<string>();
  for (let more = true; more; ) {
    const asked = (await announcedBy(id)).filter(
      (one) => one.type === 'customers.move_requested.v1' && !done.has(one.id),
    );
    more = asked.length > 0;
    for (const event of asked) {
      done.add(event.id);
      await react(event);
    }
  }
}

/** One transaction of the background work: then it crashes. */
export async function stumble(providerId: string): Promise<number> {
  const { move: underway } = await forestOf(providerId);
  if (!underway) throw new Error('Nothing is on its way');
  const writes = (await leftBehind(underway, { limit: 20 })).items.flatMap(
    (item) => follow(item, underway) ?? [],
  );
  await put(...writes);
  return writes.length;
}

/** A subtree of a reseller: `count` customers, ten to a reseller, planted below the API. */
export async function plantSubtree(
  msp: Msp,
  parentId: string,
  count: number,
): Promise<{ root: Branch; ids: string[] }> {
  const root = await plantReseller(msp, parentId);
  const [stored] = await getAll([nodeKey(root.id)], true);
  const items: Item[] = [];
  let above = String(stored?.path).split('/');
  for (let n = 0; n < count; n++) {
    const id = newId('customer', Date.now());
    const customer: Customer = {
      ...unsaid,
      domains: [],
      id,
      parentId: above.at(-1) ?? '',
      name: `Node ${n} ${id.slice(-6)}`,
      reseller: n % 10 === 0,
    };
    const path = [...above, id];
    items.push(toItem(customer, { path, version: 1 }));
    if (n % 10 === 0) above = n % 40 === 0 ? path.slice(0, 5) : path;
    if (above.length > 8) above = above.slice(0, 5);
  }
  const children = (id: string) => items.filter(({ parentId }) => parentId === id).length;
  const counts = items
    .filter(({ type }) => type === 'RESELLER')
    .map(({ id }) => ({
      ...resellerKey(String(id)),
      kind: 'reseller',
      children: children(String(id)),
      version: 1,
    }));
  const [own] = await getAll([resellerKey(root.id)], true);
  await plant([...items, ...counts, { ...(own as Item), children: children(root.id) }]);
  return { root, ids: [root.id, ...items.map((item) => String(item.id))] };
}

/** All that a refused move could have changed. */
export async function standsAt(providerId: string, ...ids: readonly string[]) {
  const keys = [forestKey(providerId), ...ids.flatMap((id) => [nodeKey(id), resellerKey(id)])];
  return { items: await getAll(keys, true), events: (await announcedBy(...ids)).length };
}
