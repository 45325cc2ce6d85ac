import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { packageTokenHash, toPackage, viewPackage } from '../../lib/endpoints/package.ts';
import { canonical } from '../../lib/kit/digest.ts';
import { defaultGroupId } from '../../lib/kit/id.ts';
import { packageKey } from '../../lib/kit/keys.ts';
import { plantCustomer } from '../kit/plant.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import { stockProduct } from '../licensing/shelf.ts';
import { receiptsOf } from '../notifications/scene.ts';
import { desk } from './desk.ts';

let msp: Msp;
let customer: { id: string; admin: Caller };
let one: ReturnType<typeof desk>;
let product: { id: string; code: string; name: string };
beforeAll(async () => {
  msp = await makeMsp();
  customer = await plantCustomer(msp.id);
  one = desk(customer);
  product = await stockProduct(msp);
});

describe('installation packages', () => {
  it('are made with a token that is shown once and kept as a hash alone', async () => {
    const body = { productId: product.id, platform: 'LINUX', mostUses: 40, validDays: 90 };
    const made = await call(`POST ${one.packages}`, { as: customer.admin, body, key: 'once' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ groupId: defaultGroupId, platform: 'LINUX', productId: product.id, uses: 0, mostUses: 40 },
        ...{ state: 'ACTIVE', madeBy: { id: customer.admin.person, home: customer.id } },
      },
    });
    const { token, ...shown } = made.body;
    expect(token).toMatch(new RegExp(`^qpk\\.${customer.id}\\.${shown.id}\\.[\\w-]{43}$`));
    const days = (Date.parse(shown.expiresAt) - Date.parse(shown.createdAt)) / 86_400_000;
    expect(days).toBe(90);
    const again = await call(`POST ${one.packages}`, { as: customer.admin, body, key: 'once' });
    expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    expect(again.body).toEqual(shown);
    const kept = await get(packageKey(customer.id, shown.id), true);
    expect(kept?.tokenHash).toBe(packageTokenHash(token));
    expect(JSON.stringify([kept, await receiptsOf(customer.id)])).not.toContain(token.split('.')[3]);
    const list = await one.get(`${one.packages}?limit=1`);
    expect(list.body.items).toEqual([shown]);
  });

  it('have a manifest to download, which holds its own hash and no token', async () => {
    const group = await one.group({ name: 'Laptops' });
    const { body } = await one.package({ productId: product.id, groupId: group.body.id });
    const read = await one.get(`${one.packages}/${body.id}/manifest`);
    expect(read.headers['content-disposition']).toBe(`attachment; filename="${body.id}.json"`);
    expect(read.body).toMatchObject({
      ...{ schema: 1, packageId: body.id, customerId: customer.id, platform: 'ANY' },
      product: { id: product.id, code: product.code, name: product.name },
      group: { id: group.body.id, name: 'Laptops' },
      paths: { enrol: '/v1/machine/enrol' },
    });
    const { sha256, ...rest } = read.body;
    expect(sha256).toBe(createHash('sha256').update(canonical(rest)).digest('hex'));
    expect(JSON.stringify(read)).not.toContain(body.token.split('.')[3]);
    await one.remove(`${one.groups}/${group.body.id}`);
    const after = await one.get(`${one.packages}/${body.id}/manifest`);
    expect(after.body.group).toEqual({ id: defaultGroupId, name: 'Default' });
  });

  it('are revoked once', async () => {
    const { body } = await one.package({ productId: product.id });
    expect(await one.revoke(body.id)).toMatchObject({ status: 200, body: { state: 'REVOKED' } });
    expect((await one.revoke(body.id)).body.code).toBe('endpoints.package_revoked');
    expect((await one.revoke(newId('installationPackage', 1))).status).toBe(404);
  });

  it('are used up and expire by what is counted and by the clock', async () => {
    const { body } = await one.package({ productId: product.id, validDays: 1 });
    const kept = toPackage((await get(packageKey(customer.id, body.id), true)) ?? {});
    const at = (ms: number) => new Date(Date.parse(kept.expiresAt) + ms).toISOString();
    expect(viewPackage(kept, at(-1)).state).toBe('ACTIVE');
    expect(viewPackage(kept, at(0)).state).toBe('EXPIRED');
    expect(viewPackage({ ...kept, uses: 1 }, at(-1)).state).toBe('USED_UP');
    expect(viewPackage({ ...kept, state: 'REVOKED', uses: 1 }, at(1)).state).toBe('REVOKED');
  });

  it('are for groups of the customer and products of its provider', async () => {
    const stranger = desk(await plantCustomer(msp.id));
    const groupId = (await stranger.group()).body.id;
    expect((await one.package({ productId: product.id, groupId })).body).toMatchObject({
      code: 'endpoints.group_unknown',
      errors: [{ pointer: '#/groupId' }],
    });
    const foreign = await stockProduct(await makeMsp());
    expect((await one.package({ productId: foreign.id })).body).toMatchObject({
      code: 'endpoints.product_unknown',
      errors: [{ pointer: '#/productId' }],
    });
  });

  it.each([
    ['#/mostUses', { mostUses: 0 }],
    ['#/mostUses', { mostUses: 10_001 }],
    ['#/validDays', { validDays: 91 }],
    ['#/platform', { platform: 'AMIGA' }],
    ['#/productId', { productId: 'prd_1' }],
    ['#/token', { token: 'mine' }],
  ])('name %s in a refusal of %j', async (pointer, more) => {
    const answer = await one.package({ productId: product.id, ...more });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((wrong: { pointer: string }) => wrong.pointer)).toContain(pointer);
  });

  it('are nobody’s but the customer’s', async () => {
    const { body } = await one.package({ productId: product.id });
    const operator = desk(customer, await enlist(customer.id, ['CUSTOMER_OPERATOR']));
    expect((await operator.revoke(body.id)).status).toBe(403);
    expect((await operator.package({ productId: product.id })).status).toBe(403);
    const { admin } = await plantCustomer(msp.id);
    const stranger = desk(customer, admin);
    for (const answer of [
      await stranger.get(`${one.packages}/${body.id}/manifest`),
      await stranger.revoke(body.id),
    ])
      expect(answer.status).toBe(404);
  });
});
