import { beforeAll, describe, expect, it } from 'vitest';
import { forestOf } from '../../lib/customers/store.ts';
import { listen, measure } from '../kit/cost.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { arrive, mover, plantSubtree, seen, status, stumble } from './moving.ts';

let msp: Msp;
let move: ReturnType<typeof mover>;
let left: Branch;
let right: Branch;
beforeAll(async () => {
  listen();
  msp = await makeMsp();
  move = mover(msp);
  left = await plantReseller(msp);
  right = await plantReseller(msp);
});

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
    const { root, ids } = await plantSubtree(msp, left.id, 1000);
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
    const { cost } = await measure(() => arrive(root.id));
    expect((await forestOf(msp.id)).move).toBeUndefined();
    await check();
    const { read, write, index, calls } = cost;
    process.stdout.write(
      `      move of ${ids.length} nodes after 3 crashes: ${calls.length} calls, ${read} RCU, ${write} + ${index} WCU\n`,
    );
  });

  it('does not disturb a reader in the middle of its pages while paths follow', async () => {
    const { root, ids } = await plantSubtree(msp, left.id, 60);
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
  });

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
