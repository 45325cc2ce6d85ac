import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { directCustomer } from '../../lib/customers/direct.ts';
import { any, type Branch, plantDirectly, plantReseller, quick } from '../kit/forest.ts';
import { type Answer, addCustomer, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { add, change as changeUser, remove } from '../users/people.ts';

let msp: Msp;
let reseller: Branch;
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
  reseller = await plantReseller(msp);
});

const post = (body: unknown, as = msp.catalog) => call('POST /v1/customers', { as, body });
const change = (id: string, body: unknown, as = msp.catalog) =>
  call(`PATCH /v1/customers/${id}`, { as, body, headers: any });
const pointers = ({ body }: Answer) => body.errors?.map((one: { pointer: string }) => one.pointer);

describe('the quick path', () => {
  it('takes name, e-mail and domain, and fills in the rest', async () => {
    const { status, body } = await post({
      name: 'Quick Dairy',
      email: 'a@dairy.example',
      domain: 'Dairy.example',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      parentId: msp.id,
      companyId: null,
      code: 'QUICDAIRY',
      domains: [{ name: 'dairy.example', primary: true, shared: false }],
      customerType: 'STANDARD',
      status: 'NotProvisioned',
      adminState: 'ENABLED',
      reseller: false,
      userLimit: null,
    });
    expect(body.allowedRoles).toContain('CUSTOMER_ADMINISTRATOR');
    expect(body.restrictedRoles).toEqual([
      'MY_ACCOUNT_MANAGEMENT',
      'MY_SERVICES_MANAGEMENT',
      'MY_ACCOUNT_AND_SERVICES_MANAGEMENT',
    ]);
    expect((await call(`GET /v1/customers/${body.id}`, { as: msp.reader })).body).toEqual(body);
  });

  it('tells in its schema that a domain, or domains, are needed', () => {
    expect(z.toJSONSchema(directCustomer, { io: 'input', unrepresentable: 'any' }).oneOf).toEqual([
      { required: ['domain'] },
      { required: ['domains'] },
    ]);
  });

  it('refuses without MSP mode and below a plain customer', async () => {
    const early = await makeMsp();
    expect((await post(quick(), early.catalog)).body.code).toBe('customers.msp_mode_off');
    const leaf = await plantDirectly(msp.catalog);
    expect((await post(quick({ parentId: leaf.id }))).body.code).toBe('customers.parent_not_reseller');
  });

  it('finds no parent outside the caller’s subtree', async () => {
    const other = await makeMsp();
    const never = await post(quick({ parentId: `cus_${'7'.repeat(26)}` }), reseller.admin);
    for (const parentId of [msp.id, other.id]) {
      const refused = await post(quick({ parentId }), reseller.admin);
      expect(refused.status).toBe(404);
      expect({ ...refused.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
    }
  });

  it('has no companies for a reseller to choose from', async () => {
    const refused = await post(
      {
        companyId: `com_${'7'.repeat(26)}`,
        accountManagerEmail: 'a@b.example',
        administrators: [`per_${'7'.repeat(26)}`],
      },
      reseller.admin,
    );
    expect(refused.body.code).toBe('customers.company_unknown');
  });

  it('names the fields of the shape that was meant', async () => {
    expect(pointers(await post(quick({ email: 'no address' })))).toEqual(['#/email']);
    expect(pointers(await post({ ...quick(), domain: undefined }))).toEqual(['#/domain']);
    expect(pointers(await post({ ...quick(), domains: [{ name: 'a.example', primary: true }] }))).toEqual([
      '#/domain',
    ]);
    expect(pointers(await post(quick({ domains: [{ name: 'a.example' }] })))).toEqual(['#/domains']);
    expect(pointers(await post(quick({ name: 'x'.repeat(65) })))).toEqual(['#/name']);
    expect(pointers(await post(quick({ code: 'a' })))).toEqual(['#/code']);
    expect(pointers(await post(quick({ passwordRule: { expiryDays: 1000 } })))).toEqual([
      '#/passwordRule/expiryDays',
    ]);
    expect(pointers(await post(quick({ allowedRoles: ['SYSTEM_ADMINISTRATOR'] })))).toEqual([
      '#/allowedRoles/0',
    ]);
  });

  it('does not restrict the role that the first user holds, when made or later', async () => {
    const restrictedRoles = ['USER_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'];
    const refused = await post(quick({ restrictedRoles }));
    expect([refused.status, pointers(refused)]).toEqual([400, ['#/restrictedRoles']]);
    const { id } = await plantDirectly(msp.catalog);
    const changed = await change(id, { restrictedRoles });
    expect([changed.status, pointers(changed)]).toEqual([400, ['#/restrictedRoles']]);
    expect((await change(id, { restrictedRoles: ['USER_ADMINISTRATOR'] })).status).toBe(200);
  });

  it('takes names with the characters that LDAP reserves, as data', async () => {
    const name = `A,B+C"D\\E<F>;G=H#()*&|! ${randomUUID().slice(0, 8)}`;
    const made = await post(quick({ name }));
    expect(made.body).toMatchObject({ name, code: expect.stringMatching(/^[A-Z0-9]{2,10}$/) });
    expect((await post(quick({ name: '株式会社 例' }))).body.code).toMatch(/^[A-Z0-9]{2,10}$/);
  });
});

describe('codes', () => {
  it('come from the name, with a number where that is taken, and are fixed', async () => {
    const own = await makeMsp();
    await ensureMspMode(own);
    const named = (n: number) =>
      quick({ name: n % 2 ? `Code Twin ${'!'.repeat(n)}` : `code twin ${'?'.repeat(n)}` });
    const codes = [];
    for (let n = 1; n <= 6; n++) codes.push((await post(named(n), own.catalog)).body.code);
    expect(codes).toEqual(['CODETWIN', 'CODETWIN2', 'CODETWIN3', 'CODETWIN4', 'CODETWIN5', 'CODETWIN6']);
    const fixed = await change(reseller.id, { code: 'OTHER' });
    expect([fixed.status, pointers(fixed)]).toEqual([400, ['#/code']]);
  });

  it('are unique however many come at once', async () => {
    const own = await makeMsp();
    await ensureMspMode(own);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => post(quick({ name: `Same Stem${'.'.repeat(n)}` }), own.catalog)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(6);
  });

  it('may be chosen, and are refused when taken', async () => {
    const code = `C${randomUUID().slice(0, 6).toUpperCase().replace(/-/g, '0')}`;
    expect((await post(quick({ code }))).body.code).toBe(code);
    const refused = await post(quick({ code }));
    expect([refused.body.code, pointers(refused)]).toEqual(['customers.code_taken', ['#/code']]);
  });

  it('are given to companies of the directory too', async () => {
    const { id } = await addCustomer(msp, { name: 'Gamma Foods' });
    expect((await call(`GET /v1/customers/${id}`, { as: msp.reader })).body.code).toBe('GAMMFOODS');
  });
});

describe('domains and billing ids', () => {
  it('belong to one customer of the provider, exchanged and freed by a change', async () => {
    const [one, two] = [`${randomUUID()}.example`, `${randomUUID()}.example`];
    const holder = await plantDirectly(msp.catalog, { domains: [{ name: one, primary: true }] });
    const refused = await post(quick({ domains: [{ name: two, primary: true }, { name: one }] }));
    expect([refused.body.code, pointers(refused)]).toEqual(['customers.domain_taken', ['#/domains/1']]);
    const rival = await plantDirectly(msp.catalog);
    expect((await change(rival.id, { domains: [{ name: one, primary: true }] })).body.code).toBe(
      'customers.domain_taken',
    );
    const swapped = await change(holder.id, { domains: [{ name: two, primary: true }] });
    expect(swapped.body.domains).toEqual([{ name: two, primary: true, shared: false }]);
    expect((await change(rival.id, { domains: [{ name: one, primary: true }] })).status).toBe(200);
    const other = await makeMsp();
    await ensureMspMode(other);
    expect((await post(quick({ domain: two, domains: undefined }), other.catalog)).status).toBe(201);
  });

  it('may be shared by parent and child alone, where that is said', async () => {
    const domain = `${randomUUID()}.example`;
    const parent = await plantReseller(msp, msp.id, { domain });
    expect((await post(quick({ parentId: parent.id, domain }))).body.code).toBe('customers.domain_taken');
    const child = await post(quick({ parentId: parent.id, domain, shareDomains: true }));
    expect(child.body.domains).toEqual([{ name: domain, primary: true, shared: true }]);
    expect((await post(quick({ domain, shareDomains: true }))).body.code).toBe('customers.domain_taken');
    expect((await change(child.body.id, { city: 'Linz' })).status).toBe(200);
  });

  it('stay with the parent while anybody below shares them, and with no stranger after it', async () => {
    const [domain, other] = [`${randomUUID()}.example`, `${randomUUID()}.example`];
    const parent = await plantReseller(msp, msp.id, { domain });
    const one = await plantDirectly(msp.catalog, { parentId: parent.id, domain, shareDomains: true });
    const two = await plantDirectly(msp.catalog, { parentId: parent.id });
    const both = [
      { name: two.domains[0].name, primary: true },
      { name: domain, primary: false },
    ];
    const shared = await change(two.id, { domains: both, shareDomains: true });
    expect(shared.body.domains[1]).toEqual({ name: domain, primary: false, shared: true });
    const swap = { domains: [{ name: other, primary: true }] };
    const sharers = async () => (await change(parent.id, swap)).body;
    expect(await sharers()).toMatchObject({ code: 'customers.domain_shared', domain, sharers: 2 });
    expect((await change(two.id, { domains: both.slice(0, 1) })).status).toBe(200);
    expect(await sharers()).toMatchObject({ code: 'customers.domain_shared', sharers: 1 });
    const gone = await call(`DELETE /v1/customers/${one.id}`, { as: msp.catalog, headers: any });
    expect(gone.status).toBe(204);
    expect((await change(parent.id, swap)).status).toBe(200);
    expect((await post(quick({ domain }))).status).toBe(201);
    expect((await change(two.id, { domains: both, shareDomains: true })).body.code).toBe(
      'customers.domain_taken',
    );
  });

  it('are not shared by who asks while the parent lets go of them', async () => {
    const domain = `${randomUUID()}.example`;
    const parent = await plantReseller(msp, msp.id, { domain });
    const child = await plantDirectly(msp.catalog, { parentId: parent.id });
    const domains = [{ name: domain, primary: true }];
    const [dropped, shared] = await Promise.all([
      change(parent.id, { domains: [{ name: `${randomUUID()}.example`, primary: true }] }),
      change(child.id, { domains, shareDomains: true }),
    ]);
    expect([200, 409]).toContain(dropped.status);
    expect([200, 409]).toContain(shared.status);
    const { body } = await call(`GET /v1/customers/${child.id}`, { as: msp.reader });
    expect(body.domains[0].shared).toBe(dropped.status === 409);
  });

  it('stay while users’ names end with them, shared ones too', async () => {
    const parent = await plantReseller(msp);
    const [shared] = (await call(`GET /v1/customers/${parent.id}`, { as: msp.reader })).body.domains;
    const customer = await plantDirectly(msp.catalog, {
      parentId: parent.id,
      domains: [{ name: `${randomUUID()}.example`, primary: true }, { name: shared.name }],
      shareDomains: true,
    });
    const [own] = customer.domains;
    const at = (domain: string) => ({ id: customer.id, path: [], domain });
    const first = await add(at(own.name), msp.catalog);
    const second = await add(at(shared.name), msp.catalog);
    const keep = (name: string) =>
      change(customer.id, { domains: [{ name, primary: true }], shareDomains: true });
    const inUse = (domain: string) => ({ code: 'customers.domain_in_use', domain, users: 1 });
    expect((await keep(own.name)).body).toMatchObject(inUse(shared.name));
    expect((await keep(shared.name)).body).toMatchObject(inUse(own.name));
    const renamed = await changeUser(second, msp.catalog, { upn: `ann@${own.name}` });
    expect(renamed.status).toBe(200);
    expect((await keep(shared.name)).body).toMatchObject({ ...inUse(own.name), users: 2 });
    expect((await keep(own.name)).status).toBe(200);
    expect((await add(at(shared.name), msp.catalog)).body.code).toBe('users.domain_unknown');
    expect((await add(at(own.name), msp.catalog)).status).toBe(201);
    expect((await remove(second, msp.catalog)).status).toBe(204);
    expect((await keep(shared.name)).body).toMatchObject({ ...inUse(own.name), users: 2 });
    expect(first.status).toBe(201);
  });

  it('are not dropped while a user is given one', async () => {
    for (let round = 0; round < 6; round++) {
      const names = [`${randomUUID()}.example`, `${randomUUID()}.example`];
      const domains = [{ name: names[0], primary: true }, { name: names[1] }];
      const customer = await plantDirectly(msp.catalog, { domains });
      const at = (domain = '') => ({ id: customer.id, path: [], domain });
      if (round % 2) await add(at(names[0]), msp.catalog);
      const [dropped, added] = await Promise.all([
        change(customer.id, { domains: domains.slice(0, 1) }),
        add(at(names[1]), msp.catalog),
      ]);
      expect([dropped.status, added.status].filter((one) => one < 300)).toHaveLength(1);
      const told = added.status < 300 ? dropped.body.code : added.body.code;
      expect(['customers.domain_in_use', 'users.domain_unknown']).toContain(told);
    }
  });

  it('keeps billing ids unique', async () => {
    const billingId = randomUUID();
    const holder = await plantDirectly(msp.catalog, { billingId });
    const refused = await post(quick({ billingId }));
    expect([refused.body.code, pointers(refused)]).toEqual(['customers.billing_id_taken', ['#/billingId']]);
    const rival = await plantDirectly(msp.catalog);
    expect((await change(rival.id, { billingId })).body.code).toBe('customers.billing_id_taken');
    expect((await change(holder.id, { billingId: null })).status).toBe(200);
    expect((await change(rival.id, { billingId })).body.billingId).toBe(billingId);
  });
});

describe('narrowing', () => {
  it('refuses a role that a node above restricts', async () => {
    const narrow = await plantReseller(msp, msp.id, {
      allowedRoles: ['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR'],
    });
    const sub = await plantReseller(msp, narrow.id);
    const refused = await post(
      quick({ parentId: sub.id, allowedRoles: ['CUSTOMER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR'] }),
    );
    expect([refused.body.code, pointers(refused)]).toEqual([
      'customers.role_restricted',
      ['#/allowedRoles/1'],
    ]);
    const child = await plantDirectly(sub.admin, { allowedRoles: ['USER_ADMINISTRATOR'] });
    expect((await change(child.id, { allowedRoles: ['MY_ACCOUNT_MANAGEMENT'] })).body.code).toBe(
      'customers.role_restricted',
    );
    const mine = await post(quick({ allowedRoles: ['MY_ACCOUNT_MANAGEMENT'] }));
    expect(mine.body.restrictedRoles).not.toContain('MY_ACCOUNT_MANAGEMENT');
  });

  it('restricts no longer what a change allows, leaves what was restricted on purpose, and takes no word of both', async () => {
    const my = 'MY_ACCOUNT_MANAGEMENT';
    const reseller = await plantReseller(msp, msp.id);
    const allowedRoles = ['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR', my];
    const asked = await change(reseller.id, { allowedRoles });
    expect(asked.body.allowedRoles).toEqual(allowedRoles);
    expect(asked.body.restrictedRoles).not.toContain(my);
    const child = await post(quick({ parentId: reseller.id, allowedRoles: [my] }));
    expect([child.status, child.body.allowedRoles]).toEqual([201, [my]]);
    await change(reseller.id, { restrictedRoles: ['USER_ADMINISTRATOR'] });
    expect((await change(reseller.id, { allowedRoles: [...allowedRoles].reverse() })).body).toMatchObject({
      restrictedRoles: ['USER_ADMINISTRATOR'],
    });
    const contrary = { allowedRoles: ['SERVICE_ADMINISTRATOR', my], restrictedRoles: [my] };
    for (const refused of [await change(reseller.id, contrary), await post(quick(contrary))])
      expect([refused.status, pointers(refused)]).toEqual([400, ['#/allowedRoles/1']]);
  });

  it('refuses a user limit above that of a node above', async () => {
    const narrow = await plantReseller(msp, msp.id, { userLimit: 10 });
    const sub = await plantReseller(msp, narrow.id);
    const refused = await post(quick({ parentId: sub.id, userLimit: 11 }));
    expect(refused.body).toMatchObject({
      code: 'customers.limit_above_parent',
      limit: 10,
      nodeId: narrow.id,
    });
    const child = await plantDirectly(sub.admin, { userLimit: 10 });
    expect((await change(child.id, { userLimit: 11 })).body.code).toBe('customers.limit_above_parent');
    expect((await change(child.id, { userLimit: null })).body.userLimit).toBeNull();
  });
});
