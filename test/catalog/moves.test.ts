import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { customerDeleted } from '../../lib/customers/events.ts';
import { announce, type Envelope } from '../../lib/kit/event.ts';
import { assignmentKey, nodeKey } from '../../lib/kit/keys.ts';
import { announcedBy, react } from '../kit/deliver.ts';
import { type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Answer, call, type Msp, makeMsp } from '../kit/world.ts';
import { allOf, plantAssignment } from './bazaar.ts';
import { assign, publish, unassign } from './desk.ts';

let msp: Msp;
let left: Branch;
let right: Branch;
beforeAll(async () => {
  msp = await makeMsp();
  left = await plantReseller(msp);
  right = await plantReseller(msp);
});

const has = (id: string, item: Answer) => get(assignmentKey(id, item.body.id), true);
const move = (id: string, parentId: string, query = '') =>
  call(`POST /v1/customers/${id}/move${query}`, { as: msp.catalog, body: { parentId } });

async function follow(id: string): Promise<void> {
  const asked = (await announcedBy(id)).filter((one) => one.type === 'customers.move_requested.v1');
  for (const event of asked) await react(event);
  for (const event of asked) await react(event);
}

describe('moving a customer', () => {
  it('needs a parent that has what it has, and is counted there', async () => {
    const { id } = await plantDirectly(msp.catalog, { parentId: left.id });
    const [one, two] = [await publish(msp.catalog), await publish(msp.catalog)];
    for (const item of [one, two]) {
      for (const node of [left.id, id]) expect((await assign(msp.catalog, node, item)).status).toBe(201);
    }
    await assign(msp.catalog, right.id, one);
    const refused = await move(id, right.id);
    expect([refused.status, refused.body.code, refused.body.items]).toEqual([
      409,
      'customers.items_not_held',
      [two.body.id],
    ]);
    const dry = await move(id, right.id, '?dryRun=true');
    expect([dry.status, dry.body.lost.items]).toEqual([200, [two.body.id]]);
    await assign(msp.catalog, right.id, two);
    expect((await move(id, right.id)).status).toBe(202);
    await follow(id);
    for (const item of [one, two]) {
      expect((await has(left.id, item))?.below).toBe(0);
      expect((await has(right.id, item))?.below).toBe(1);
      expect((await unassign(msp.catalog, left.id, item)).status).toBe(204);
      expect((await unassign(msp.catalog, right.id, item)).body.code).toBe('catalogue.held_below');
      expect((await unassign(msp.catalog, id, item)).status).toBe(204);
      expect((await has(right.id, item))?.below).toBe(0);
    }
  });

  it('to the provider itself loses nothing', async () => {
    const { id } = await plantDirectly(msp.catalog, { parentId: left.id });
    const item = await publish(msp.catalog);
    for (const node of [left.id, id]) await assign(msp.catalog, node, item);
    expect((await move(id, msp.id)).status).toBe(202);
    await follow(id);
    expect((await has(left.id, item))?.below).toBe(0);
    expect((await has(id, item))?.from).toBe(msp.id);
  });
});

describe('giving an item while its customer moves', () => {
  it('one sees the other: nobody ends with what the new parent has not', async () => {
    const item = await publish(msp.catalog);
    await assign(msp.catalog, left.id, item);
    for (let round = 0; round < 12; round++) {
      const { id } = await plantDirectly(msp.catalog, { parentId: left.id });
      const [given, moved] = await Promise.all([assign(msp.catalog, id, item), move(id, right.id)]);
      expect([given.status, moved.status].filter((status) => status < 300)).toHaveLength(1);
      expect([given.body.code, moved.body.code].filter(Boolean)).toEqual([
        moved.status === 202 ? 'catalogue.not_available' : 'customers.items_not_held',
      ]);
      if (moved.status === 202) await follow(id);
    }
  });
});

describe('taking an item away at the new parent while a customer moves there', () => {
  const moved = async () => {
    const item = await publish(msp.catalog);
    for (const node of [left.id, right.id]) await assign(msp.catalog, node, item);
    const { id } = await plantDirectly(msp.catalog, { parentId: left.id });
    await assign(msp.catalog, id, item);
    return { id, item };
  };
  const counts = async (id: string, item: Answer) => ({
    left: (await has(left.id, item))?.below,
    right: (await has(right.id, item))?.below,
    from: (await has(id, item))?.from,
  });

  it('one sees the other: nobody keeps what the new parent has no more, and each counts its own', async () => {
    for (let round = 0; round < 12; round++) {
      const { id, item } = await moved();
      const [taken, went] = await Promise.all([unassign(msp.catalog, right.id, item), move(id, right.id)]);
      expect([taken.status, went.status].filter((status) => status < 300)).toHaveLength(1);
      expect([taken.body?.code, went.body.code].filter(Boolean)).toEqual([
        went.status === 202 ? 'catalogue.moving_in' : 'customers.items_not_held',
      ]);
      if (went.status === 202) await follow(id);
      expect(await counts(id, item)).toEqual(
        went.status === 202
          ? { left: 0, right: 1, from: right.id }
          : { left: 1, right: undefined, from: left.id },
      );
    }
  });

  it('is refused from the move on until what came is counted there', async () => {
    const { id, item } = await moved();
    const other = await publish(msp.catalog);
    await assign(msp.catalog, right.id, other);
    expect((await move(id, right.id)).status).toBe(202);
    for (const one of [item, other])
      expect((await unassign(msp.catalog, right.id, one)).body.code).toBe('catalogue.moving_in');
    await follow(id);
    expect(await counts(id, item)).toEqual({ left: 0, right: 1, from: right.id });
    expect((await unassign(msp.catalog, right.id, item)).body.code).toBe('catalogue.held_below');
    expect((await unassign(msp.catalog, right.id, other)).status).toBe(204);
  });
});

describe('deleting a customer', () => {
  const deleted = (id: string, parentId: string): Envelope => ({
    ...announce(customerDeleted, id, { name: 'Gone', code: null, parentId }),
    id: 'evt_01K9ZK5Q3V8T4W2X6Y7Z8A9B0C',
    source: 'quartermaster',
    at: new Date().toISOString(),
    tenant: { id, providerId: msp.id, path: ['plt_0', msp.id, parentId, id] },
    actor: { id: msp.catalog.person, kind: 'person', home: msp.id },
    traceId: 'trace',
  });

  it('gives back what it had, once', async () => {
    const { id } = await plantDirectly(msp.catalog, { parentId: left.id });
    const item = await publish(msp.catalog);
    for (const node of [left.id, id]) await assign(msp.catalog, node, item);
    const event = deleted(id, left.id);
    await react(event);
    await react(event);
    expect(await has(id, item)).toBeUndefined();
    expect((await has(left.id, item))?.below).toBe(0);
  });

  it('leaves nothing of it where its parent is gone as well, however much it had', async () => {
    const parent = await plantReseller(msp);
    const { id } = await plantDirectly(msp.catalog, { parentId: parent.id });
    const item = await publish(msp.catalog);
    for (const node of [parent.id, id]) await assign(msp.catalog, node, item);
    const others = Array.from({ length: 45 }, () => newId('catalogItem', Date.now()));
    for (const one of others) await plantAssignment(id, one);
    for (const key of [nodeKey(parent.id), assignmentKey(parent.id, item.body.id), nodeKey(id)])
      await commit([{ do: 'remove', key }], randomUUID(), Date.now() + 5000);
    await react(deleted(id, parent.id));
    expect(await allOf(id, 'ASSIGNED')).toEqual([]);
  });
});
