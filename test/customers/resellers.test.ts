import { beforeAll, describe, expect, it } from 'vitest';
import { any, type Branch, plantDirectly, plantReseller, quick } from '../kit/forest.ts';
import { addCustomer, type Caller, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { define, give, offer, take, withdraw } from '../services/desk.ts';

let msp: Msp;
let top: Branch;
let below: Branch;
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
  top = await plantReseller(msp);
  below = await plantReseller(msp, top.id);
});

const service = (verb: 'PUT' | 'DELETE', id: string, as: Caller) =>
  call(`${verb} /v1/customers/${id}/reseller-service`, { as, headers: any });
const read = (id: string, as: Caller) => call(`GET /v1/customers/${id}`, { as });

describe('a reseller', () => {
  it('is a customer with the reseller service, and can make resellers in turn', async () => {
    const child = await plantDirectly(top.admin);
    expect(child).toMatchObject({ parentId: top.id, reseller: false });
    const made = await service('PUT', child.id, top.admin);
    expect(made).toMatchObject({ status: 200, body: { reseller: true }, headers: { etag: '"2"' } });
    expect((await service('PUT', child.id, top.admin)).headers.etag).toBe('"2"');
    expect((await service('DELETE', child.id, top.admin)).status).toBe(204);
    expect((await read(child.id, top.admin)).body.reseller).toBe(false);
  });

  it('keeps what it is and has when it is changed', async () => {
    const { id } = await plantReseller(msp);
    const path = `PATCH /v1/customers/${id}`;
    expect((await call(path, { as: msp.catalog, body: { city: 'Graz' }, headers: any })).body).toMatchObject({
      reseller: true,
      city: 'Graz',
    });
    expect((await plantDirectly(msp.catalog, { parentId: id })).parentId).toBe(id);
  });

  it('sees its own subtree and nothing else', async () => {
    const deep = await plantDirectly(below.admin);
    const cousin = await plantReseller(msp);
    expect((await read(deep.id, top.admin)).status).toBe(200);
    const never = await read(`cus_${'7'.repeat(26)}`, cousin.admin);
    for (const id of [deep.id, top.id, below.id]) {
      const answer = await read(id, cousin.admin);
      expect(answer.status).toBe(404);
      expect({ ...answer.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
    }
    expect((await read(top.id, below.admin)).status).toBe(404);
  });

  it('does not make itself a reseller, nor stop being one by itself, nor change itself', async () => {
    for (const verb of ['PUT', 'DELETE'] as const) {
      expect((await service(verb, top.id, top.admin)).status).toBe(403);
    }
    const own = `PATCH /v1/customers/${top.id}`;
    expect((await call(own, { as: top.admin, body: {}, headers: any })).status).toBe(403);
  });

  it('is looked after by its customer administrators, as long as it is a reseller', async () => {
    const customer = await addCustomer(msp);
    expect((await call('GET /v1/customers', { as: customer.admin })).status).toBe(403);
    await service('PUT', customer.id, msp.catalog);
    const me = await call('GET /v1/me', { as: customer.admin });
    expect(me.body.roles).toEqual(['CUSTOMER_ADMINISTRATOR', 'RESELLER_FULL_ADMINISTRATOR']);
    const child = await plantDirectly(customer.admin);
    expect((await read(child.id, customer.admin)).status).toBe(200);
    const removed = await service('DELETE', customer.id, msp.catalog);
    expect(removed.body).toMatchObject({ code: 'customers.has_children', children: 1 });
  });

  it('does not lend its customer roles to what is below it', async () => {
    const operator = await enlist(top.id, ['CUSTOMER_OPERATOR']);
    expect((await read(top.id, operator)).status).toBe(200);
    expect((await read(below.id, operator)).status).toBe(403);
  });

  it('loses the service or gets a child, never both', async () => {
    for (let round = 0; round < 4; round++) {
      const { id } = await plantReseller(msp);
      const [removed, added] = await Promise.all([
        service('DELETE', id, msp.catalog),
        call('POST /v1/customers', { as: msp.catalog, body: quick({ parentId: id }) }),
      ]);
      expect([removed.status === 204, added.status === 201].filter(Boolean)).toHaveLength(1);
      if (added.status !== 201) expect(added.body.code).toBe('customers.parent_not_reseller');
    }
  });

  it('keeps the service while it hands on others, and is not deleted with them', async () => {
    const { id } = await plantReseller(msp);
    const service = await define(msp.catalog);
    await offer(msp.catalog, { id }, service);
    const unmake = () =>
      call(`DELETE /v1/customers/${id}/reseller-service`, { as: msp.catalog, headers: any });
    const remove = () => call(`DELETE /v1/customers/${id}`, { as: msp.catalog, headers: any });
    expect((await unmake()).body).toMatchObject({ code: 'customers.still_offers', offers: 1 });
    expect((await remove()).body).toMatchObject({ code: 'customers.in_use', offers: 1, services: 0 });
    await withdraw(msp.catalog, { id }, service);
    expect((await unmake()).status).toBe(204);
    await give(msp.catalog, { id }, service);
    expect((await remove()).body).toMatchObject({ code: 'customers.in_use', offers: 0, services: 1 });
    await take(msp.catalog, { id }, service);
    expect((await remove()).status).toBe(204);
  });

  it('stands at most ten levels below the platform', async () => {
    let parent: Branch = await plantReseller(msp);
    for (let depth = 3; depth <= 10; depth++) parent = await plantReseller(msp, parent.id);
    const refused = await call('POST /v1/customers', { as: parent.admin, body: quick() });
    expect(refused).toMatchObject({ status: 409, body: { code: 'customers.too_deep' } });
  });
});

describe('lists', () => {
  it('show the caller’s own children, or those of a node below', async () => {
    const reseller = await plantReseller(msp);
    const sub = await plantReseller(msp, reseller.id, { name: 'B sub' });
    await plantDirectly(msp.catalog, { parentId: reseller.id, name: 'A leaf' });
    await plantDirectly(msp.catalog, { parentId: sub.id, name: 'C deep' });
    const names = async (query: string, as: Caller) =>
      (await call(`GET /v1/customers${query}`, { as })).body.items?.map((one: { name: string }) => one.name);
    expect(await names('', reseller.admin)).toEqual(['A leaf', 'B sub']);
    expect(await names(`?parentId=${sub.id}`, reseller.admin)).toEqual(['C deep']);
    expect(await names(`?parentId=${reseller.id}`, msp.reader)).toEqual(['A leaf', 'B sub']);
    const foreign = await call(`GET /v1/customers?parentId=${reseller.id}`, { as: sub.admin });
    expect(foreign.status).toBe(404);
    const absent = `GET /v1/customers?parentId=cus_${'7'.repeat(26)}`;
    expect((await call(absent, { as: sub.admin })).status).toBe(404);
  });

  it('show a subtree, each parent before its children, page by page', async () => {
    const reseller = await plantReseller(msp);
    const sub = await plantReseller(msp, reseller.id);
    const leaves = [];
    for (const parentId of [reseller.id, sub.id, sub.id]) {
      leaves.push((await plantDirectly(msp.catalog, { parentId })).id);
    }
    const seen: { id: string; parentId: string; depth: number }[] = [];
    let cursor = '';
    do {
      const line = `GET /v1/customers/${reseller.id}/subtree?limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await call(line, { as: reseller.admin });
      seen.push(...body.items);
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen.map(({ id }) => id).toSorted()).toEqual([reseller.id, sub.id, ...leaves].toSorted());
    const place = (id: string) => seen.findIndex((one) => one.id === id);
    for (const { id, parentId } of seen.slice(1)) expect(place(parentId)).toBeLessThan(place(id));
    expect(seen[0]).toMatchObject({ id: reseller.id, parentId: msp.id, depth: 2 });
    expect(seen[place(leaves[2] ?? '')]).toMatchObject({ parentId: sub.id, depth: 4 });
  });
});
