import { beforeAll, describe, expect, it } from 'vitest';
import { any, type Branch, plantDirectly, plantReseller, quick } from '../kit/forest.ts';
import { type Answer, addCustomer, type Caller, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let reseller: Branch;
let leaf: { id: string };
beforeAll(async () => {
  msp = await makeMsp();
  reseller = await plantReseller(msp);
  leaf = await plantDirectly(reseller.admin);
});

const effective = async (id: string, as: Caller = msp.reader) =>
  (await call(`GET /v1/customers/${id}/effective-settings`, { as })).body;
const set = (id: string, body: unknown, as: Caller = msp.catalog) =>
  call(`PATCH /v1/customers/${id}/settings`, { as, body, headers: any });
const defaults = (body: unknown, etag = '*') =>
  call(`PATCH /v1/providers/${msp.id}/default-settings`, {
    as: msp.catalog,
    body,
    headers: { 'if-match': etag },
  });
const pointers = ({ body }: Answer) => body.errors?.map((one: { pointer: string }) => one.pointer);

describe('settings', () => {
  it('inherit from the provider down, each value with where it comes from', async () => {
    expect(await effective(leaf.id)).toMatchObject({ locale: { value: null, from: null, lockedBy: null } });
    expect((await defaults({ locale: 'de-AT' }, '"0"')).headers.etag).toBe('"1"');
    const provider = { value: 'de-AT', from: { nodeId: msp.id, level: 'PROVIDER' }, lockedBy: null };
    expect((await effective(leaf.id)).locale).toEqual(provider);
    await set(reseller.id, { locale: 'it', passwordRule: { minLength: 12 } }, reseller.admin);
    const above = await effective(leaf.id, reseller.admin);
    expect(above).toMatchObject({
      locale: { value: 'it', from: { nodeId: reseller.id, level: 'RESELLER' } },
      passwordRule: { value: { minLength: 12, changeAtNextLogon: true } },
    });
    await set(leaf.id, { locale: 'fr' });
    expect((await effective(leaf.id)).locale).toMatchObject({ value: 'fr', from: { level: 'CUSTOMER' } });
    await set(leaf.id, { locale: null });
    expect((await effective(leaf.id)).locale.value).toBe('it');
    const seen = await call(`GET /v1/providers/${msp.id}/default-settings`, { as: msp.reader });
    expect(seen).toMatchObject({ body: { locale: 'de-AT', locks: [] }, headers: { etag: '"1"' } });
  });

  it('that a node above has locked refuse a write, and count from there', async () => {
    await set(leaf.id, { ouStructure: 'BY_LOCATION' });
    await set(reseller.id, { ouStructure: 'BY_DEPARTMENT', locks: ['ouStructure'] });
    expect((await effective(leaf.id)).ouStructure).toEqual({
      value: 'BY_DEPARTMENT',
      from: { nodeId: reseller.id, level: 'RESELLER' },
      lockedBy: reseller.id,
    });
    const refused = await set(leaf.id, { ouStructure: 'UNGROUPED' });
    expect([refused.body.code, pointers(refused)]).toEqual(['customers.setting_locked', ['#/ouStructure']]);
    const created = await call('POST /v1/customers', {
      as: reseller.admin,
      body: quick({ ouStructure: 'UNGROUPED' }),
    });
    expect(created.body.code).toBe('customers.setting_locked');
    expect((await set(reseller.id, { ouStructure: 'UNGROUPED' }, reseller.admin)).status).toBe(200);
    await defaults({ locks: ['locale'] });
    expect((await set(reseller.id, { locale: 'en' }, reseller.admin)).body.code).toBe(
      'customers.setting_locked',
    );
    expect((await effective(leaf.id)).locale).toMatchObject({ value: 'de-AT', lockedBy: msp.id });
    await defaults({ locks: [] });
    expect((await set(reseller.id, { locale: 'en' }, reseller.admin)).status).toBe(200);
  });

  it('say what every node above leaves of roles and users', async () => {
    const narrow = await plantReseller(msp, msp.id, { userLimit: 5, allowedRoles: ['USER_ADMINISTRATOR'] });
    const child = await plantDirectly(narrow.admin, { userLimit: 3 });
    expect(await effective(child.id)).toMatchObject({
      userLimit: { value: 3, from: { nodeId: child.id } },
      roles: ['USER_ADMINISTRATOR'],
    });
    const headers = any;
    await call(`PATCH /v1/customers/${narrow.id}`, { as: msp.catalog, body: { userLimit: 2 }, headers });
    expect((await effective(child.id)).userLimit).toMatchObject({ value: 2, from: { nodeId: narrow.id } });
  });

  it('change nothing where nothing differs', async () => {
    const one = await set(leaf.id, {});
    expect((await set(leaf.id, {})).headers.etag).toBe(one.headers.etag);
    const two = await defaults({});
    expect((await defaults({}, two.headers.etag)).headers.etag).toBe(two.headers.etag);
  });
});

describe('roles that count', () => {
  it('are those that a user can be given: My-roles only where every node names them, a company’s too', async () => {
    const company = await addCustomer(msp);
    const my = 'MY_ACCOUNT_MANAGEMENT';
    expect((await effective(company.id)).roles).not.toContain(my);
    await call(`PUT /v1/customers/${company.id}/reseller-service`, { as: msp.catalog, headers: any });
    const body = quick({
      parentId: company.id,
      allowedRoles: ['CUSTOMER_ADMINISTRATOR', my],
      restrictedRoles: [],
    });
    const refused = await call('POST /v1/customers', { as: msp.catalog, body });
    expect([refused.body.code, pointers(refused)]).toEqual([
      'customers.role_restricted',
      ['#/allowedRoles/1'],
    ]);
    await call(`PATCH /v1/customers/${company.id}`, {
      as: msp.catalog,
      body: { allowedRoles: body.allowedRoles },
      headers: any,
    });
    const child = await call('POST /v1/customers', { as: msp.catalog, body });
    expect((await effective(child.body.id)).roles).toEqual(['CUSTOMER_ADMINISTRATOR', my]);
  });
});
