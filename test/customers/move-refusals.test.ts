import { beforeAll, describe, expect, it } from 'vitest';
import { toNode } from '../../lib/aws/auth.ts';
import { getAll, LostRace } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { moveCustomer } from '../../lib/customers/move.ts';
import { headcountOf, journeyOf, profileOf } from '../../lib/customers/store.ts';
import { customerServiceKey, nodeKey, offerKey, resellerKey } from '../../lib/kit/keys.ts';
import type { Node } from '../../lib/kit/scope.ts';
import { plant } from '../every/planting.ts';
import { any, type Branch, plantDirectly, plantReseller } from '../kit/forest.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { define, give, offer, take as takeAway, withdraw } from '../services/desk.ts';
import { add, change as changeUser } from '../users/people.ts';
import { arrive, mover, put, standsAt } from './moving.ts';

let msp: Msp;
let move: ReturnType<typeof mover>;
let left: Branch;
let right: Branch;
beforeAll(async () => {
  msp = await makeMsp();
  move = mover(msp);
  left = await plantReseller(msp);
  right = await plantReseller(msp);
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
  });

  it('where the new parent does not offer what is held; a dry run lists what would be lost', async () => {
    const sub = await plantReseller(msp, left.id);
    const narrow = await plantReseller(msp, msp.id, { allowedRoles: ['USER_ADMINISTRATOR'] });
    const [held, sold, fine] = [
      await define(msp.catalog),
      await define(msp.catalog),
      await define(msp.catalog),
    ];
    for (const service of [held, sold, fine]) await offer(msp.catalog, left, service);
    for (const service of [held, fine]) await give(msp.catalog, sub, service);
    for (const service of [sold, fine]) await offer(msp.catalog, sub, service);
    await offer(msp.catalog, narrow, fine);
    await offer(msp.catalog, narrow, sold);
    await withdraw(msp.catalog, narrow, sold);
    const services = [held.body.id, sold.body.id].toSorted();
    const before = await standsAt(msp.id, sub.id, left.id, narrow.id);
    const dry = await move(sub.id, narrow.id, msp.catalog, '?dryRun=true');
    expect(dry.body.lost.services.toSorted()).toEqual(services);
    expect(dry.body.lost.roles).toContain('CUSTOMER_ADMINISTRATOR');
    const refused = await move(sub.id, narrow.id);
    expect(refused.body.code).toBe('customers.not_offered');
    expect(refused.body.services.toSorted()).toEqual(services);
    expect(await standsAt(msp.id, sub.id, left.id, narrow.id)).toEqual(before);
  });

  it('while domains of the old parent are shared', async () => {
    const parent = await plantReseller(msp, left.id);
    const [shared] = (await call(`GET /v1/customers/${parent.id}`, { as: msp.reader })).body.domains;
    const more = { parentId: parent.id, domain: shared.name, shareDomains: true };
    const sharer = await plantDirectly(msp.catalog, more);
    const before = await standsAt(msp.id, sharer.id, parent.id, right.id);
    expect((await move(sharer.id, right.id, msp.catalog, '?dryRun=true')).body.lost.domains).toEqual([
      shared.name,
    ]);
    expect((await move(sharer.id, right.id)).body).toMatchObject({
      code: 'customers.domains_lost',
      domains: [shared.name],
    });
    expect(await standsAt(msp.id, sharer.id, parent.id, right.id)).toEqual(before);
    expect((await move(sharer.id, parent.id)).body.status).toBe('Provisioned');
    expect((await move(parent.id, right.id)).status).toBe(202);
    await arrive(parent.id);
  });

  it('while users there hold role collections of a reseller that would be above no more', async () => {
    const parent = await plantReseller(msp, left.id);
    const sub = await plantReseller(msp, parent.id);
    const { id, domains } = await plantDirectly(msp.catalog, { parentId: sub.id });
    const at = { id, path: [], domain: domains[0].name };
    const body = { name: 'Helpers', roles: ['USER_ADMINISTRATOR'] };
    const ids: string[] = [];
    for (const as of [left.admin, parent.admin, sub.admin, msp.catalog]) {
      const made = await call('POST /v1/role-collections', { as, body });
      ids.push(made.body.id);
    }
    await add(at, msp.catalog);
    const holder = await add(at, msp.catalog, { role: { collectionId: ids[0] } });
    const hold = async (n: number) => {
      const { etag } = (await call(`GET ${holder.headers.location}`, { as: msp.catalog })).headers;
      const role = { collectionId: ids[n] };
      expect((await changeUser(holder, msp.catalog, { role }, etag)).status).toBe(200);
    };
    const lost = async (to: string) =>
      (await move(sub.id, to, msp.catalog, '?dryRun=true')).body.lost.collections;
    expect([await lost(right.id), await lost(left.id)]).toEqual([[ids[0]], []]);
    await hold(1);
    expect([await lost(right.id), await lost(left.id)]).toEqual([[ids[1]], [ids[1]]]);
    const before = await standsAt(msp.id, sub.id, parent.id, right.id);
    expect((await move(sub.id, right.id)).body).toMatchObject({
      code: 'customers.collections_lost',
      collections: [ids[1]],
    });
    expect(await standsAt(msp.id, sub.id, parent.id, right.id)).toEqual(before);
    for (const kept of [3, 2]) {
      await hold(kept);
      expect(await lost(right.id)).toEqual([]);
    }
    expect((await move(sub.id, right.id)).status).toBe(202);
    await arrive(sub.id);
  });

  it('hands over what is counted on offers', async () => {
    const sub = await plantReseller(msp, left.id);
    const to = await plantReseller(msp);
    const [both, gone] = [await define(msp.catalog), await define(msp.catalog)];
    for (const parent of [left, to]) for (const one of [both, gone]) await offer(msp.catalog, parent, one);
    await give(msp.catalog, sub, both);
    await give(msp.catalog, sub, gone);
    await offer(msp.catalog, sub, both);
    await takeAway(msp.catalog, sub, gone);
    const held = async () => {
      const counts = [left, to].flatMap(({ id }) => [both, gone].map(({ body }) => offerKey(id, body.id)));
      return (await getAll(counts, true)).map((item) => item?.held);
    };
    expect(await held()).toEqual([2, 0, 0, 0]);
    expect((await move(sub.id, to.id)).status).toBe(202);
    await arrive(sub.id);
    expect(await held()).toEqual([0, 0, 2, 0]);
    expect((await withdraw(msp.catalog, left, both)).status).toBe(204);
    expect((await withdraw(msp.catalog, to, both)).body.code).toBe('services.offer_in_use');
    expect((await move(sub.id, msp.id)).status).toBe(202);
    await arrive(sub.id);
    expect((await held()).slice(1)).toEqual([0, 0, 0]);
  });

  it('with more services than fit, below a disabled reseller, and where roles would be lost', async () => {
    const sub = await plantReseller(msp, left.id);
    const shut = await plantReseller(msp);
    const below = await plantReseller(msp, shut.id);
    const strict = await plantReseller(msp, msp.id, { restrictedRoles: ['USER_ADMINISTRATOR'] });
    await call(`POST /v1/customers/${shut.id}/disable`, { as: msp.catalog });
    const before = await standsAt(msp.id, sub.id, left.id, shut.id, below.id, strict.id);
    for (const { id } of [shut, below]) {
      expect((await move(sub.id, id)).body.code).toBe('customers.parent_disabled');
    }
    expect((await move(sub.id, strict.id)).body).toMatchObject({
      code: 'customers.roles_lost',
      roles: ['USER_ADMINISTRATOR'],
    });
    expect(await standsAt(msp.id, sub.id, left.id, shut.id, below.id, strict.id)).toEqual(before);
    const many = Array.from({ length: 41 }, () => newId('service', Date.now()));
    await plant(many.map((id) => ({ ...customerServiceKey(sub.id, id), status: 'Provisioned', version: 1 })));
    expect((await move(sub.id, msp.id)).body.code).toBe('customers.too_many_services');
    expect(await standsAt(msp.id, sub.id, left.id, shut.id, below.id, strict.id)).toEqual(before);
  });

  it('of a subtree whose lowest node would stand at depth 11, and nothing is changed', async () => {
    let deep = await plantReseller(msp);
    const root = deep;
    for (let depth = 3; depth <= 6; depth++) deep = await plantReseller(msp, deep.id);
    let high = await plantReseller(msp);
    for (let depth = 3; depth <= 6; depth++) high = await plantReseller(msp, high.id);
    const before = await standsAt(msp.id, root.id, high.id, msp.id);
    expect((await move(root.id, high.id)).body.code).toBe('customers.too_deep');
    expect(await standsAt(msp.id, root.id, high.id, msp.id)).toEqual(before);
    await call(`DELETE /v1/customers/${deep.id}/reseller-service`, { as: msp.catalog, headers: any });
    const gone = await call(`DELETE /v1/customers/${deep.id}`, { as: msp.catalog, headers: any });
    expect(gone.status).toBe(204);
    expect((await move(root.id, high.id)).status).toBe(202);
    await arrive(root.id);
  });

  it('where it was decided before a child came at the lowest level: none ever stands at depth 11', async () => {
    const own = await makeMsp();
    let [high, deep] = [await plantReseller(own), await plantReseller(own)];
    const root = deep;
    for (let depth = 3; depth <= 6; depth++) high = await plantReseller(own, high.id);
    for (let depth = 3; depth <= 5; depth++) deep = await plantReseller(own, deep.id);
    const [home, target, stored] = await Promise.all([own.id, root.id, high.id].map(profileOf));
    const headcount = await headcountOf(own.id);
    const node = toNode(target) as Node;
    const parentHoldings = { version: undefined, arriving: [] };
    const journey = {
      ...(await journeyOf(node, high.id, stored)),
      holdings: undefined,
      parentHoldings,
      headcount,
    };
    await plantDirectly(own.catalog, { parentId: deep.id });
    const made = { operationId: newId('operation', Date.now()), dryRun: false, acceptLostRoles: false };
    const now = new Date().toISOString();
    const { writes } = moveCustomer({ home: toNode(home) as Node, target: node }, journey, { ...made, now });
    await expect(put(...writes)).rejects.toThrow(LostRace);
    expect((await move(root.id, high.id, own.catalog)).body.code).toBe('customers.too_deep');
  });

  it('while something below it cannot be seen', async () => {
    const sub = await plantReseller(msp, left.id);
    const child = await plantReseller(msp, sub.id);
    const unseen = { ...resellerKey(child.id), kind: 'reseller', children: 1, version: 1 };
    await put({ do: 'replace', version: 1, item: { ...unseen, version: 2 } });
    const refused = await move(sub.id, right.id);
    expect(refused).toMatchObject({ status: 409, body: { code: 'customers.subtree_unseen' } });
    await put({ do: 'replace', version: 2, item: { ...unseen, children: 0, version: 3 } });
    expect((await move(sub.id, right.id)).status).toBe(202);
    await arrive(sub.id);
  });

  it('for one of two at once', async () => {
    const own = await makeMsp();
    const [one, two, to] = [await plantReseller(own), await plantReseller(own), await plantReseller(own)];
    const answers = await Promise.all([one, two].map(({ id }) => move(id, to.id, own.catalog)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([202, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body.code).toBe('customers.move_underway');
    const [loser] = [one, two].filter((_, index) => answers[index]?.status === 409);
    const [node, selling] = await getAll([nodeKey(loser?.id ?? ''), resellerKey(to.id)], true);
    expect([node?.parentId, selling?.children]).toEqual([own.id, 1]);
  });

  it('of two crossing ones: no cycle comes of it', async () => {
    const own = await makeMsp();
    const [one, two] = [await plantReseller(own), await plantReseller(own)];
    const answers = await Promise.all([move(one.id, two.id, own.catalog), move(two.id, one.id, own.catalog)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([202, 409]);
  });
});
