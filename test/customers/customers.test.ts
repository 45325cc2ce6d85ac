import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { globalCompanyId } from '../../lib/kit/id.ts';
import {
  type Answer,
  addCompany,
  addCustomer,
  call,
  ensureMspMode,
  type Msp,
  makeMsp,
} from '../kit/world.ts';

let msp: Msp;
let other: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  other = await makeMsp();
  await Promise.all([ensureMspMode(msp), ensureMspMode(other)]);
});

interface Made {
  readonly id: string;
  readonly people: readonly { id: string; email: string }[];
}
const asked = (company: Made, more: Record<string, unknown> = {}) => ({
  companyId: company.id,
  accountManagerEmail: 'manager@msp.example.com',
  administrators: company.people.map((one) => one.id),
  ...more,
});
const post = (body: unknown, by = msp, query = '') =>
  call(`POST /v1/customers${query}`, { as: by.catalog, body });
const pointers = ({ body }: Answer) => body.errors?.map((one: { pointer: string }) => one.pointer);

describe('adding a customer', () => {
  it('makes a company a customer whose administrators sign in there', async () => {
    const company = await addCompany(msp, { people: 2 });
    const added = await post(
      asked(company, { accountManagerEmail: 'Manager@MSP.example.com', timeZone: 'Europe/Vienna' }),
    );
    const { id } = added.body;
    expect(added).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/v1/customers/${id}` },
      body: {
        parentId: msp.id,
        companyId: company.id,
        accountManagerEmail: 'Manager@msp.example.com',
        timeZone: 'Europe/Vienna',
        city: null,
        state: 'ACTIVE',
      },
    });
    for (const one of company.people) {
      const admin = { tenant: id, person: one.id, roles: ['CUSTOMER_ADMINISTRATOR'], email: one.email };
      expect((await call('GET /v1/me', { as: admin })).body).toMatchObject({
        roles: ['CUSTOMER_ADMINISTRATOR'],
        node: { id, path: [expect.any(String), msp.id, id] },
      });
      expect((await call(`GET /v1/customers/${id}`, { as: admin })).body).toEqual(added.body);
    }
    const directory = await call(`GET /v1/companies/${company.id}`, { as: msp.catalog });
    expect(directory.body.customerId).toBe(id);
  });

  it('writes nothing on a dry run, and refuses there what the real one refuses', async () => {
    const company = await addCompany(msp);
    const tried = await post(asked(company), msp, '?dryRun=true');
    expect(tried).toMatchObject({ status: 200, body: { companyId: company.id } });
    expect((await call(`GET /v1/customers/${tried.body.id}`, { as: msp.catalog })).status).toBe(404);
    const { body } = await post(asked(company));
    const second = await addCompany(msp);
    const clash = await post(asked(second, { name: body.name.toUpperCase() }), msp, '?dryRun=true');
    expect(clash.body.code).toBe('customers.name_taken');
  });

  it('does not tell on a dry run which addresses sign in elsewhere', async () => {
    const company = await addCompany(msp);
    const twin = await call(`POST /v1/companies/${company.id}/people`, {
      as: msp.catalog,
      body: { fullName: 'Twin', loginName: randomUUID(), email: other.system.email },
    });
    const body = asked(company, { administrators: [twin.body.id] });
    expect((await post(body, msp, '?dryRun=true')).status).toBe(200);
    expect((await post(body)).body.code).toBe('members.address_in_use');
    const { id } = (await post(asked(company))).body;
    const add = (query: string) =>
      call(`POST /v1/customers/${id}/administrators${query}`, {
        as: msp.catalog,
        body: { personId: twin.body.id },
      });
    expect((await add('?dryRun=true')).status).toBe(200);
    expect((await add('')).body.code).toBe('members.address_in_use');
  });

  it('answers the same key once', async () => {
    const company = await addCompany(msp);
    const key = randomUUID();
    const send = () => call('POST /v1/customers', { as: msp.catalog, body: asked(company), key });
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true');
    expect(replayed).toHaveLength(9);
  });

  it('refuses while MSP mode is off', async () => {
    const early = await makeMsp();
    const company = await addCompany(early);
    expect((await post(asked(company), early)).body.code).toBe('customers.msp_mode_off');
  });

  it('refuses another provider’s company exactly as one that never was', async () => {
    const [own, foreign] = [await addCompany(msp), await addCompany(other)];
    const never = await post(asked(own, { companyId: `com_${'7'.repeat(26)}` }));
    const theirs = await post(asked(own, { companyId: foreign.id }));
    expect(theirs).toMatchObject({ status: 404, body: { code: 'customers.company_unknown' } });
    expect({ ...theirs.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
  });

  it('refuses a manufacturer and the Global company', async () => {
    const [own, maker] = [await addCompany(msp), await addCompany(msp, { type: 'MANUFACTURER', people: 0 })];
    for (const companyId of [maker.id, globalCompanyId]) {
      const refused = await post(asked(own, { companyId }));
      expect(refused.body.code).toBe('customers.company_ineligible');
      expect(pointers(refused)).toEqual(['#/companyId']);
    }
  });

  it('takes every other type of company', async () => {
    const types = ['OPERATING_COMPANY', 'SERVICE_PROVIDER', 'VENDOR', 'GENERIC_CONTACT', 'SUPPLIER'];
    const answers = await Promise.all(
      types.map(async (type) => (await post(asked(await addCompany(msp, { type })))).status),
    );
    expect(answers).toEqual(types.map(() => 201));
  });

  it('adds a company once, however many ask at once', async () => {
    const company = await addCompany(msp);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        post(asked(company, { name: `Race ${index} ${randomUUID().slice(0, 8)}` })),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const codes = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(new Set(codes)).toEqual(new Set(['customers.already_added']));
  });

  it('counts customers on the MSP mode, however many come at once', async () => {
    const busy = await makeMsp();
    await ensureMspMode(busy);
    const companies = [];
    for (let index = 0; index < 8; index++) companies.push(await addCompany(busy));
    const answers = await Promise.all(companies.map((company) => post(asked(company), busy)));
    expect(answers.map(({ status }) => status)).toEqual(companies.map(() => 201));
    expect((await call('GET /v1/msp-mode', { as: busy.reader })).body.customers).toBe(8);
  });

  it('refuses administrators who are not of the company, naming each', async () => {
    const [company, elsewhere] = [await addCompany(msp), await addCompany(msp)];
    const mixed = [...company.people, ...elsewhere.people].map((one) => one.id);
    const refused = await post(asked(company, { administrators: mixed }));
    expect(refused).toMatchObject({ status: 422, body: { code: 'customers.not_of_company' } });
    expect(pointers(refused)).toEqual(['#/administrators/1']);
  });

  it('refuses an administrator whose address signs in elsewhere', async () => {
    const company = await addCompany(msp);
    const twin = await call(`POST /v1/companies/${company.id}/people`, {
      as: msp.catalog,
      body: { fullName: 'Twin', loginName: randomUUID(), email: msp.system.email.toUpperCase() },
    });
    const both = [...company.people.map((one) => one.id), twin.body.id];
    const refused = await post(asked(company, { administrators: both }));
    expect(refused).toMatchObject({ status: 409, body: { code: 'members.address_in_use' } });
    expect(pointers(refused)).toEqual(['#/administrators/1']);
  });

  it('wants a name that is free and not too long', async () => {
    const long = await addCompany(msp, { name: `A name beyond fifty characters ${randomUUID()}` });
    const refused = await post(asked(long));
    expect(refused).toMatchObject({ status: 422, body: { code: 'customers.name_needed' } });
    const name = `Short ${randomUUID().slice(0, 8)}`;
    expect((await post(asked(long, { name }))).body.name).toBe(name);
    const clash = await post(asked(await addCompany(msp), { name: `  ${name.toLowerCase()} ` }));
    expect(clash.body.code).toBe('customers.name_taken');
  });

  it('names every wrong field', async () => {
    const company = await addCompany(msp);
    const [person] = company.people;
    const wrong: [Record<string, unknown>, string][] = [
      [{ accountManagerEmail: 'a@x.example, b@x.example' }, '#/accountManagerEmail'],
      [{ accountManagerEmail: 'a@x.example\r\nBcc: b@x.example' }, '#/accountManagerEmail'],
      [{ administrators: [] }, '#/administrators'],
      [{ administrators: [person?.id, person?.id] }, '#/administrators'],
      [
        { administrators: Array.from({ length: 21 }, (_, i) => `per_${String(i).padStart(26, '0')}`) },
        '#/administrators',
      ],
      [{ administrators: ['per_1'] }, '#/administrators/0'],
      [{ timeZone: 'Mars/Olympus' }, '#/timeZone'],
      [{ timeZone: '+01:00' }, '#/timeZone'],
      [{ name: 'see www.example.com' }, '#/name'],
      [{ name: 'x'.repeat(51) }, '#/name'],
      [{ city: 'a\u202eb' }, '#/city'],
      [{ description: 'x'.repeat(1001) }, '#/description'],
      [{ state: 'ACTIVE' }, '#/state'],
      [{ companyId: 'com_1' }, '#/companyId'],
    ];
    for (const [more, pointer] of wrong) {
      const refused = await post(asked(company, more));
      expect([refused.status, pointers(refused)]).toEqual([400, [pointer]]);
    }
    expect((await call('POST /v1/customers', { as: msp.reader, body: asked(company) })).status).toBe(403);
  });
});

describe('finding and changing', () => {
  it('lists by name, by prefix and page by page, only one’s own', async () => {
    const own = await makeMsp();
    for (const name of ['Birch Ltd', 'alder Ltd', 'Aspen Ltd', 'Ash Ltd']) await addCustomer(own, { name });
    const page = (query: string) => call(`GET /v1/customers?${query}`, { as: own.reader });
    const names = ({ body }: Answer) => body.items.map((one: { name: string }) => one.name);
    const first = await page('limit=3');
    expect(names(first)).toEqual(['alder Ltd', 'Ash Ltd', 'Aspen Ltd']);
    const rest = await page(`limit=3&cursor=${first.body.nextCursor}`);
    expect([names(rest), rest.body.nextCursor]).toEqual([['Birch Ltd'], null]);
    expect(names(await page('q=AS'))).toEqual(['Ash Ltd', 'Aspen Ltd']);
    expect((await page(`q=AS&cursor=${first.body.nextCursor}`)).status).toBe(400);
    expect((await call('GET /v1/customers', { as: other.reader })).body.items).toEqual([]);
  });

  it('changes with If-Match: absent stays, null clears', async () => {
    const { id, admin } = await addCustomer(msp, { city: 'Graz', country: 'Austria' });
    const path = `PATCH /v1/customers/${id}`;
    const patch = (body: unknown, etag?: string) =>
      call(path, { as: msp.catalog, body, ...(etag ? { headers: { 'if-match': etag } } : {}) });
    expect((await patch({ city: 'Linz' })).status).toBe(428);
    expect((await patch({ city: 'Linz' }, '"7"')).status).toBe(412);
    const dry = await call(`${path}?dryRun=true`, {
      as: msp.catalog,
      body: { city: 'Wels' },
      headers: { 'if-match': '"1"' },
    });
    expect(dry).toMatchObject({ status: 200, body: { city: 'Wels' } });
    const changed = await patch({ city: 'Linz', country: null }, '"1"');
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { city: 'Linz', country: null },
    });
    expect((await patch({ city: 'Linz' }, '"2"')).headers.etag).toBe('"2"');
    const refused = await patch({ accountManagerEmail: null }, '"2"');
    expect([refused.status, pointers(refused)]).toEqual([400, ['#/accountManagerEmail']]);
    expect((await call(path, { as: admin, body: {}, headers: { 'if-match': '*' } })).status).toBe(403);
    expect((await call(path, { as: other.catalog, body: {}, headers: { 'if-match': '*' } })).status).toBe(
      404,
    );
  });

  it('renames, frees the old name and refuses a taken one', async () => {
    const [one, two] = [await addCustomer(msp), await addCustomer(msp)];
    const before = await call(`GET /v1/customers/${one.id}`, { as: msp.reader });
    const rename = (id: string, name: string) =>
      call(`PATCH /v1/customers/${id}`, { as: msp.catalog, body: { name }, headers: { 'if-match': '*' } });
    expect((await rename(two.id, before.body.name)).body.code).toBe('customers.name_taken');
    const name = `Renamed ${randomUUID().slice(0, 8)}`;
    expect((await rename(one.id, name)).body.name).toBe(name);
    expect((await rename(one.id, name.toUpperCase())).body.name).toBe(name.toUpperCase());
    expect((await rename(two.id, before.body.name)).status).toBe(200);
    const found = await call(`GET /v1/customers?q=${encodeURIComponent(name)}`, { as: msp.reader });
    expect(found.body.items).toEqual([
      { id: one.id, name: name.toUpperCase(), reseller: false, state: 'ACTIVE' },
    ]);
  });

  it('shows a customer to its own people and its provider alone', async () => {
    const [one, two] = [await addCustomer(msp), await addCustomer(msp)];
    const read = (as: Parameters<typeof call>[1]) => call(`GET /v1/customers/${one.id}`, as);
    expect((await read({ as: one.admin })).status).toBe(200);
    const [sibling, stranger] = [await read({ as: two.admin }), await read({ as: other.catalog })];
    const never = await call(`GET /v1/customers/cus_${'7'.repeat(26)}`, { as: two.admin });
    expect({ ...sibling.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
    expect({ ...stranger.body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
    expect((await call('GET /v1/customers', { as: one.admin })).status).toBe(403);
  });
});
