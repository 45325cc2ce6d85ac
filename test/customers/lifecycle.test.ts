import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../lib/aws/db.ts';
import { customerServiceKey, forestKey, memberKey, meterKey, settingsKey } from '../../lib/kit/keys.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { any, finishProvisioning, plantDirectly, plantReseller, quick } from '../kit/forest.ts';
import {
  addCompany,
  addCustomer,
  type Caller,
  call,
  enlist,
  ensureMspMode,
  type Msp,
  makeMsp,
} from '../kit/world.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
});

const put = (...writes: Write[]) => commit(writes, randomUUID(), Date.now() + 5000);
const turn = (id: string, what: string, as: Caller = msp.catalog) =>
  call(`POST /v1/customers/${id}/${what}`, { as });
const read = async (id: string) => (await call(`GET /v1/customers/${id}`, { as: msp.reader })).body;
const remove = (id: string, query = '') =>
  call(`DELETE /v1/customers/${id}${query}`, { as: msp.catalog, headers: any });
const code = async (answer: Promise<{ body: { code: string } }>) => (await answer).body.code;

describe('provisioning', () => {
  it('is requested, done by the engine, and undone', async () => {
    const { id } = await plantDirectly(msp.catalog);
    const asked = await turn(id, 'provision');
    expect(asked).toMatchObject({
      status: 202,
      body: { status: 'Requested' },
      headers: { location: `/v1/customers/${id}/provisioning-requests` },
    });
    expect(await code(turn(id, 'provision'))).toBe('customers.provisioning_busy');
    expect(await code(turn(id, 'deprovision'))).toBe('customers.provisioning_busy');
    await finishProvisioning(id, 'Provisioned');
    expect((await read(id)).status).toBe('Provisioned');
    await turn(id, 'deprovision');
    await finishProvisioning(id, 'NotProvisioned');
    expect((await read(id)).status).toBe('NotProvisioned');
    expect(await code(turn(id, 'deprovision'))).toBe('customers.not_provisioned');
  });

  it('fails visibly and is asked for again', async () => {
    const { id } = await plantDirectly(msp.catalog);
    await turn(id, 'provision');
    await finishProvisioning(id, 'Failed');
    expect((await read(id)).status).toBe('Failed');
    expect((await turn(id, 'provision')).status).toBe(202);
  });

  it('leaves what was edited meanwhile or afterwards pending', async () => {
    const { id } = await plantDirectly(msp.catalog);
    const edit = (city: string) =>
      call(`PATCH /v1/customers/${id}`, { as: msp.catalog, body: { city }, headers: any });
    await turn(id, 'provision');
    await edit('Graz');
    await finishProvisioning(id, 'Provisioned');
    expect((await read(id)).status).toBe('Pending');
    await turn(id, 'provision');
    await finishProvisioning(id, 'Provisioned');
    expect((await edit('Linz')).body.status).toBe('Pending');
  });

  it('takes each answer once, and none to a request that was overtaken', async () => {
    const { id } = await plantDirectly(msp.catalog);
    await turn(id, 'provision');
    await finishProvisioning(id, 'Failed');
    await turn(id, 'provision');
    await finishProvisioning(id, 'Provisioned', 1);
    expect((await read(id)).status).toBe('Requested');
    await finishProvisioning(id, 'Provisioned');
    await turn(id, 'deprovision');
    await finishProvisioning(id, 'Provisioned', 1);
    expect((await read(id)).status).toBe('Requested');
  });
});

describe('disabling', () => {
  it('shuts out the people of a customer at their next request, until it is enabled', async () => {
    const { id, admin } = await addCustomer(msp);
    const me = () => call('GET /v1/me', { as: admin });
    expect((await turn(id, 'disable')).body).toMatchObject({
      adminState: 'DISABLED',
      status: 'NotProvisioned',
    });
    expect(await me()).toMatchObject({ status: 403, body: { code: 'node.disabled' } });
    expect(await code(turn(id, 'disable'))).toBe('customers.disabled');
    expect(await code(turn(id, 'provision'))).toBe('customers.disabled');
    expect(
      await code(call(`PUT /v1/customers/${id}/reseller-service`, { as: msp.catalog, headers: any })),
    ).toBe('customers.disabled');
    expect((await turn(id, 'enable')).body.adminState).toBe('ENABLED');
    expect((await me()).status).toBe(200);
    expect(await code(turn(id, 'enable'))).toBe('customers.not_disabled');
  });

  it('of a reseller reaches all below it at once, and changes nothing there', async () => {
    const reseller = await plantReseller(msp);
    const sub = await plantReseller(msp, reseller.id);
    const leaf = await plantDirectly(sub.admin);
    const person = await enlist(leaf.id, ['CUSTOMER_ADMINISTRATOR']);
    const { provider: _, ...silent } = person;
    const cousin = await plantReseller(msp);
    const before = await read(leaf.id);
    await turn(reseller.id, 'disable');
    for (const as of [reseller.admin, sub.admin, person, silent]) {
      expect(await call('GET /v1/me', { as })).toMatchObject({
        status: 403,
        body: { code: 'node.disabled' },
      });
    }
    expect((await call('GET /v1/me', { as: cousin.admin })).status).toBe(200);
    expect(await read(leaf.id)).toEqual(before);
    expect(
      await code(
        call(`DELETE /v1/customers/${reseller.id}/reseller-service`, { as: msp.catalog, headers: any }),
      ),
    ).toBe('customers.disabled');
    await turn(reseller.id, 'enable');
    for (const as of [reseller.admin, sub.admin, person, silent]) {
      expect((await call('GET /v1/me', { as })).status).toBe(200);
    }
  });

  it('does not believe a token that names another provider', async () => {
    const { admin } = await addCustomer(msp);
    const other = await makeMsp();
    expect((await call('GET /v1/me', { as: { ...admin, provider: other.id } })).status).toBe(401);
  });

  it('has room for 500 resellers of a provider', async () => {
    const full = await makeMsp();
    await ensureMspMode(full);
    const reseller = await plantReseller(full);
    const disabled = Array.from({ length: 500 }, (_, n) => `cus_${String(n).padStart(26, '0')}`);
    await put({ do: 'create', item: { ...forestKey(full.id), kind: 'forest', disabled, version: 1 } });
    expect(await code(turn(reseller.id, 'disable', full.catalog))).toBe('customers.too_many_disabled');
  });
});

describe('deleting', () => {
  it('frees everything that the customer had, and keeps an archive', async () => {
    const company = await addCompany(msp);
    const asked = {
      companyId: company.id,
      accountManagerEmail: 'manager@msp.example.com',
      administrators: company.people.map((one) => one.id),
    };
    const make = () => call('POST /v1/customers', { as: msp.catalog, body: asked });
    const { body } = await make();
    expect((await remove(body.id, '?dryRun=true')).status).toBe(200);
    expect((await remove(body.id)).status).toBe(204);
    expect((await call(`GET /v1/customers/${body.id}`, { as: msp.reader })).status).toBe(404);
    const archive = await call(`GET /v1/archived-customers/${body.id}`, { as: msp.reader });
    expect(archive.body).toMatchObject({ customer: { id: body.id, name: body.name } });
    expect(archive.body.keptUntil > archive.body.deletedAt).toBe(true);
    const again = await make();
    expect(again).toMatchObject({ status: 201, body: { code: body.code } });
    const absent = call(`GET /v1/archived-customers/${again.body.id}`, { as: msp.reader });
    expect((await absent).status).toBe(404);
  });

  it('counts the parent’s children down, so that the reseller service can go', async () => {
    const reseller = await plantReseller(msp);
    const domain = `${randomUUID()}.example`;
    const asked = quick({ parentId: reseller.id, domain, billingId: randomUUID(), code: 'DELETEME' });
    const child = await call('POST /v1/customers', { as: msp.catalog, body: asked });
    expect(await code(remove(reseller.id))).toBe('customers.has_children');
    expect((await remove(child.body.id)).status).toBe(204);
    expect((await call('POST /v1/customers', { as: msp.catalog, body: asked })).status).toBe(201);
  });

  it('of a disabled reseller leaves no mark on the tree', async () => {
    const reseller = await plantReseller(msp);
    await turn(reseller.id, 'disable');
    expect((await remove(reseller.id)).status).toBe(204);
    const other = await plantReseller(msp);
    expect((await turn(other.id, 'disable')).status).toBe(200);
    expect((await turn(other.id, 'enable')).status).toBe(200);
  });

  it('waits until nothing is provisioned, used or held', async () => {
    const { id } = await plantDirectly(msp.catalog);
    await turn(id, 'provision');
    expect(await code(remove(id))).toBe('customers.not_deprovisioned');
    const holding = async (item: { PK: string; SK: string }, more: Record<string, unknown>) => {
      const one = await plantDirectly(msp.catalog);
      const place = { ...item, PK: item.PK.replace('$', one.id) };
      await put({ do: 'create', item: { ...place, version: 1, ...more } });
      return (await remove(one.id)).body;
    };
    const used = { code: 'customers.in_use' };
    expect(await holding(settingsKey('$', 'USERS'), { users: 2 })).toMatchObject({ ...used, users: 2 });
    expect(await holding(customerServiceKey('$', 'svc_1'), {})).toMatchObject({ ...used, services: 1 });
    expect(await holding(meterKey('$', 'DEVICE'), { limit: 5, used: 0 })).toMatchObject({
      ...used,
      licences: 1,
    });
  });

  it('takes at most 24 people with it, in one transaction with twenty domains', async () => {
    const domains = Array.from({ length: 20 }, (_, n) => ({
      name: `${randomUUID()}.example.com`,
      primary: n === 0,
    }));
    const { id } = await plantDirectly(msp.catalog, { domains, billingId: randomUUID() });
    const people: Caller[] = [];
    for (let n = 0; n < 25; n++) people.push(await enlist(id, ['CUSTOMER_OPERATOR']));
    expect(await code(remove(id))).toBe('customers.too_many_people');
    await put({ do: 'remove', key: memberKey(id, people[0]?.person ?? '') });
    expect((await remove(id)).status).toBe(204);
  });
});
