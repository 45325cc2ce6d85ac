import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, getAll } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { follow } from '../../lib/customers/move.ts';
import { type Customer, toItem, unsaid } from '../../lib/customers/profile.ts';
import { forestOf, strayed } from '../../lib/customers/store.ts';
import { customerServiceKey, nodeKey, offerKey } from '../../lib/kit/keys.ts';
import type { Item, Write } from '../../lib/kit/plan.ts';
import { plant } from '../every/planting.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let left: Branch;
let right: Branch;
beforeAll(async () => {
  msp = await makeMsp();
  left = await plantReseller(msp);
  right = await plantReseller(msp);
});

const put = (...writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);
const move = (id: string, parentId: string, as: Caller = msp.catalog, query = '') =>
  call(`POST /v1/customers/${id}/move${query}`, { as, body: { parentId } });
const status = async (id: string, as: Caller) => (await call(`GET /v1/customers/${id}`, { as })).status;

/** Everything that the reader sees of a subtree, page after page. */
async function seen(id: string, as: Caller, limit = 100): Promise<string[]> {
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
async function arrive(id: string): Promise<void> {
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
async function stumble(providerId: string): Promise<number> {
  const { move: underway } = await forestOf(providerId);
  if (!underway) throw new Error('Nothing is on its way');
  const writes = (await strayed(underway, 20)).flatMap((item) => follow(item, underway) ?? []);
  await put(...writes);
  return writes.length;
}

/** A subtree of a reseller: `count` customers, ten to a reseller, planted below the API. */
async function plantSubtree(parentId: string, count: number): Promise<{ root: Branch; ids: string[] }> {
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
  await plant(items);
  return { root, ids: [root.id, ...items.map((item) => String(item.id))] };
}

describe('a move', () => {
  it('is seen at once, and undone by moving back', async () => {
    const sub = await plantReseller(msp, left.id);
    const leaf = await plantDirectly(sub.admin);
    const person = await enlist(leaf.id, ['CUSTOMER_ADMINISTRATOR']);
    const moved = await move(sub.id, right.id);
    expect(moved).toMatchObject({
      status: 202,
      body: { fromId: left.id, toId: right.id, status: 'InProgress', nodes: 2 },
    });
    const look = async () => ({
      left: await status(leaf.id, left.admin),
      right: await status(leaf.id, right.admin),
      own: await status(leaf.id, sub.admin),
      person: await status(leaf.id, person),
    });
    expect(await look()).toEqual({ left: 404, right: 200, own: 200, person: 200 });
    expect((await move(left.id, right.id)).body.code).toBe('customers.move_underway');
    await arrive(sub.id);
    expect(await look()).toEqual({ left: 404, right: 200, own: 200, person: 200 });
    const operation = await call(`GET ${moved.headers.location}`, { as: msp.catalog });
    expect(operation.body.status).toBe('Provisioned');
    expect((await call(`GET ${moved.headers.location}`, { as: right.admin })).status).toBe(404);
    expect((await move(sub.id, left.id)).status).toBe(202);
    await arrive(sub.id);
    expect(await look()).toEqual({ left: 200, right: 404, own: 200, person: 200 });
    expect((await move(sub.id, left.id)).body.status).toBe('Provisioned');
  });

  it('of a large subtree resumes after a crash, and no reader sees a node twice or not at all', async () => {
    const { root, ids } = await plantSubtree(left.id, 1000);
    const others = { left: await seen(left.id, msp.reader), right: await seen(right.id, msp.reader) };
    const rest = others.left.filter((id) => !ids.includes(id));
    await move(root.id, right.id);
    const check = async () => {
      const [inLeft, inRight, own] = [
        await seen(left.id, msp.reader),
        await seen(right.id, right.admin),
        await seen(root.id, root.admin),
      ];
      expect(inLeft.toSorted()).toEqual(rest.toSorted());
      expect(inRight.toSorted()).toEqual([...others.right, ...ids].toSorted());
      expect(own.toSorted()).toEqual(ids.toSorted());
    };
    await check();
    for (let crash = 0; crash < 3; crash++) {
      expect(await stumble(msp.id)).toBeGreaterThan(0);
      await check();
      expect(await status(ids.at(-1) ?? '', left.admin)).toBe(404);
      expect(await status(ids.at(-1) ?? '', right.admin)).toBe(200);
    }
    await arrive(root.id);
    expect((await forestOf(msp.id)).move).toBeUndefined();
    await check();
  }, 60_000);

  it('does not disturb a reader in the middle of its pages while paths follow', async () => {
    const { root, ids } = await plantSubtree(left.id, 60);
    await move(root.id, right.id);
    const out: string[] = [];
    let cursor = '';
    do {
      const line = `GET /v1/customers/${right.id}/subtree?limit=9${cursor && `&cursor=${cursor}`}`;
      const { body } = await call(line, { as: msp.reader });
      out.push(...body.items.map((one: { id: string }) => one.id));
      cursor = body.nextCursor ?? '';
      if ((await forestOf(msp.id)).move) await stumble(msp.id);
    } while (cursor);
    expect(out).toHaveLength(new Set(out).size);
    for (const id of ids) expect(out).toContain(id);
    await arrive(root.id);
  }, 30_000);

  it('ends the pages that were begun before it', async () => {
    const sub = await plantReseller(msp, left.id);
    const path = `GET /v1/customers/${left.id}/subtree?limit=1`;
    const { body } = await call(path, { as: msp.reader });
    await move(sub.id, right.id);
    const next = await call(`${path}&cursor=${body.nextCursor}`, { as: msp.reader });
    expect(next).toMatchObject({ status: 409, body: { code: 'customers.tree_changed' } });
    await arrive(sub.id);
  });

  it('takes children along that are added while it is under way', async () => {
    const sub = await plantReseller(msp, left.id);
    const deep = await plantReseller(msp, sub.id);
    await move(sub.id, right.id);
    const child = await plantDirectly(deep.admin);
    const other = await plantDirectly(msp.catalog, { parentId: deep.id });
    await arrive(sub.id);
    for (const { id } of [child, other]) {
      expect(await status(id, right.admin)).toBe(200);
      expect(await status(id, left.admin)).toBe(404);
    }
    expect(await seen(sub.id, sub.admin)).toHaveLength(4);
  });
});

describe('a move is refused', () => {
  it('into itself, below a plain customer, out of scope, and too deep', async () => {
    const sub = await plantReseller(msp, left.id);
    const leaf = await plantDirectly(sub.admin);
    const code = async (id: string, to: string, as?: Caller) => (await move(id, to, as)).body.code;
    expect(await code(left.id, left.id)).toBe('customers.move_into_itself');
    expect(await code(left.id, sub.id)).toBe('customers.move_into_itself');
    const plain = await plantDirectly(msp.catalog);
    expect(await code(sub.id, plain.id)).toBe('customers.parent_not_reseller');
    const other = await makeMsp();
    const never = await move(leaf.id, `cus_${'7'.repeat(26)}`, left.admin);
    for (const to of [right.id, other.id, msp.id]) {
      const refused = await move(leaf.id, to, left.admin);
      expect({ ...refused.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
    }
    let deep = await plantReseller(msp);
    for (let depth = 3; depth <= 9; depth++) deep = await plantReseller(msp, deep.id);
    expect(await code(sub.id, deep.id)).toBe('customers.too_deep');
    expect((await move(leaf.id, deep.id, msp.catalog, '?dryRun=true')).status).toBe(200);
  }, 20_000);

  it('where the new parent does not offer what is held; a dry run lists what would be lost', async () => {
    const sub = await plantReseller(msp, left.id);
    const narrow = await plantReseller(msp, msp.id, { allowedRoles: ['USER_ADMINISTRATOR'] });
    const [held, sold, fine] = ['svc_HELD', 'svc_SOLD', 'svc_FINE'];
    await put(
      { do: 'create', item: { ...customerServiceKey(sub.id, held), version: 1 } },
      { do: 'create', item: { ...customerServiceKey(sub.id, fine), version: 1 } },
      { do: 'create', item: { ...offerKey(sub.id, sold), version: 1 } },
      { do: 'create', item: { ...offerKey(narrow.id, fine), version: 1 } },
    );
    const dry = await move(sub.id, narrow.id, msp.catalog, '?dryRun=true');
    expect(dry).toMatchObject({ status: 200, body: { lost: { services: [held, sold] } } });
    expect(dry.body.lost.roles).toContain('CUSTOMER_ADMINISTRATOR');
    const refused = await move(sub.id, narrow.id);
    expect(refused.body).toMatchObject({ code: 'customers.not_offered', services: [held, sold] });
    expect(await status(sub.id, left.admin)).toBe(200);
    expect((await move(sub.id, msp.id)).status).toBe(202);
    await arrive(sub.id);
  });

  it('for one of two at once', async () => {
    const own = await makeMsp();
    const [one, two, to] = [await plantReseller(own), await plantReseller(own), await plantReseller(own)];
    const answers = await Promise.all([one, two].map(({ id }) => move(id, to.id, own.catalog)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([202, 409]);
  });
});
