import { beforeAll, describe, expect, it } from 'vitest';
import { globalCompanyId } from '../../lib/kit/id.ts';
import { announcedBy } from '../kit/deliver.ts';
import { addCustomer, call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
let companyId: string;
beforeAll(async () => {
  [msp, other] = await Promise.all([makeMsp(), makeMsp()]);
  companyId = await makeCompany('Fabrikam');
});

const makeCompany = async (name: string, type = 'CUSTOMER'): Promise<string> =>
  (await call('POST /v1/companies', { as: msp.catalog, body: { name, type } })).body.id;
const jane = { fullName: 'Jane Doe', loginName: 'jdoe', email: 'Jane@fabrikam.example' };
const add = (body: unknown, company = companyId, as = msp.catalog) =>
  call(`POST /v1/companies/${company}/people`, { as, body });
const groups = async (company: string) =>
  Object.fromEntries(
    (await call(`GET /v1/companies/${company}/groups`, { as: msp.reader })).body.items.map(
      (one: { name: string; members: number }) => [one.name, one.members],
    ),
  );

describe('people', () => {
  it('adds, reads, finds by address and hides from other providers', async () => {
    const added = await add({
      ...jane,
      organization: 'IT',
      department: 'Ops',
      attributes: { costCenter: '=1+1' },
    });
    expect(added).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/v1/companies/${companyId}/people/${added.body.id}` },
      body: { companyId, ...jane, organization: 'IT', location: null, attributes: { costCenter: '=1+1' } },
    });
    const path = `GET ${added.headers.location}`;
    expect((await call(path, { as: msp.reader })).body).toEqual(added.body);
    expect((await call(path, { as: other.reader })).status).toBe(404);
    const find = (as: Msp) => call('GET /v1/people?email=JANE@FABRIKAM.EXAMPLE', { as: as.reader });
    expect((await find(msp)).body.items).toEqual([added.body]);
    expect((await find(other)).body.items).toEqual([]);
    expect((await call('GET /v1/people', { as: msp.reader })).body.errors[0].pointer).toBe('#/query/email');
  });

  it('keeps login names and addresses unique in the provider', async () => {
    const second = await makeCompany('Second');
    const like = (more: object) => add({ ...jane, ...more }, second);
    expect((await like({ email: 'else@fabrikam.example', loginName: 'JDOE' })).body.code).toBe(
      'people.login_taken',
    );
    expect((await like({ email: 'jane@FABRIKAM.example', loginName: 'jd' })).body.code).toBe(
      'people.email_taken',
    );
  });

  it('never adds people to a manufacturer, to Global or to a company that is not there', async () => {
    const body = { fullName: 'No One', loginName: 'noone', email: 'noone@fabrikam.example' };
    const maker = await makeCompany('Maker', 'MANUFACTURER');
    expect((await add(body, maker)).body.code).toBe('people.not_allowed');
    expect((await add(body, globalCompanyId)).body.code).toBe('people.not_allowed');
    expect((await add(body, companyId, other.catalog)).status).toBe(404);
    expect((await add(body, companyId, msp.reader)).status).toBe(403);
    const unplaced = await add({ ...body, department: 'Ops' });
    expect(unplaced.body.code).toBe('people.department_without_organization');
  });

  it('names the wrong field', async () => {
    const good = { fullName: 'G', loginName: 'g', email: 'g@fabrikam.example' };
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`a${index}`, 'x']));
    const wrong = [
      [{ ...good, email: 'a@x.example,b@x.example' }, '#/email'],
      [{ ...good, loginName: 'two words' }, '#/loginName'],
      [{ ...good, fullName: 'a\r\nBcc: x' }, '#/fullName'],
      [{ ...good, attributes: many }, '#/attributes'],
      [{ ...good, attributes: { 'a b': 'x' } }, '#/attributes/a b'],
      [{ ...good, attributes: { a: 1 } }, '#/attributes/a'],
      [{ ...good, roles: [] }, '#/roles'],
    ] as const;
    for (const [body, pointer] of wrong) {
      const { status, body: told } = await add(body);
      expect([status, told.errors?.[0].pointer]).toEqual([400, pointer]);
    }
  });

  it('lists by name and prefix; a company with people stays', async () => {
    const company = await makeCompany('Listed');
    for (const [index, fullName] of ['Bea Two', 'ann One', 'Ann Three'].entries()) {
      await add({ fullName, loginName: `l${index}`, email: `l${index}@listed.example` }, company);
    }
    const names = async (query: string) =>
      (await call(`GET /v1/companies/${company}/people?${query}`, { as: msp.reader })).body.items.map(
        (one: { fullName: string }) => one.fullName,
      );
    expect(await names('')).toEqual(['ann One', 'Ann Three', 'Bea Two']);
    expect(await names('q=ANN')).toEqual(['ann One', 'Ann Three']);
    expect((await call(`GET /v1/companies/${company}/people`, { as: other.reader })).status).toBe(404);
    const removed = await call(`DELETE /v1/companies/${company}`, {
      as: msp.catalog,
      headers: { 'if-match': '*' },
    });
    expect(removed.body.code).toBe('companies.has_people');
  });

  it('derives groups with counts, also from people added at once', async () => {
    const company = await makeCompany('Grouped');
    const places = [
      {},
      { organization: 'IT' },
      { organization: 'it', department: 'Ops' },
      { organization: 'IT', department: 'Dev' },
    ];
    const added = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        add(
          {
            fullName: `P ${index}`,
            loginName: `g${index}`,
            email: `g${index}@g.example`,
            ...places[index % 4],
          },
          company,
        ),
      ),
    );
    expect(added.map((one) => one.status)).toEqual(Array(12).fill(201));
    const found = await groups(company);
    const folded = Object.fromEntries(
      Object.entries(found).map(([name, members]) => [name.toLowerCase(), members]),
    );
    expect(folded).toEqual({
      grouped: 12,
      'grouped - it': 9,
      'grouped - it - ops': 3,
      'grouped - it - dev': 3,
    });
    expect((await call(`GET /v1/companies/${company}/groups`, { as: other.reader })).status).toBe(404);
  });
});

describe('changes of people', () => {
  const change = (path: string, body: unknown, version = '*', as = msp.catalog) =>
    call(`PATCH ${path}`, { as, body, headers: { 'if-match': version } });
  const remove = (path: string, version = '*', as = msp.catalog) =>
    call(`DELETE ${path}`, { as, headers: { 'if-match': version } });
  let count = 0;
  const one = async (company: string, more = {}) => {
    const at = `c${count++}`;
    const { body } = await add(
      { fullName: `Person ${at}`, loginName: at, email: `${at}@c.example`, ...more },
      company,
    );
    return { ...body, path: `/v1/companies/${company}/people/${body.id}` };
  };

  it('changes three ways and counts the groups', async () => {
    const company = await makeCompany('Changing');
    const { path } = await one(company, { organization: 'HR', department: 'Pay', location: 'Oslo' });
    expect((await call(`PATCH ${path}`, { as: msp.catalog, body: {} })).status).toBe(428);
    expect((await change(path, {}, '"4"')).status).toBe(412);
    expect((await change(path, { fullName: 'x' }, '*', other.catalog)).status).toBe(404);
    expect((await change(path, { organization: null })).body.code).toBe(
      'people.department_without_organization',
    );
    const changed = await change(path, {
      organization: 'IT',
      department: null,
      attributes: { a: 'b' },
      fullName: 'Renamed',
    });
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { fullName: 'Renamed', location: 'Oslo', department: null, attributes: { a: 'b' } },
    });
    const told = (await announcedBy(msp.id)).length;
    const same = await change(path, { location: 'Oslo', attributes: { a: 'b' } }, '"2"');
    expect(same).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: changed.body });
    expect(await announcedBy(msp.id)).toHaveLength(told);
    expect(await groups(company)).toEqual({ Changing: 1, 'Changing - IT': 1 });
    expect((await change(path, { attributes: null })).body.attributes).toEqual({});
  });

  it('keeps login names and addresses unique and frees the old ones', async () => {
    const [first, second] = [await one(companyId), await one(companyId)];
    expect((await change(second.path, { loginName: first.loginName })).body.code).toBe('people.login_taken');
    expect((await change(second.path, { email: first.email.toUpperCase() })).body.code).toBe(
      'people.email_taken',
    );
    expect((await change(first.path, { loginName: 'freed', email: 'freed@c.example' })).status).toBe(200);
    expect((await change(second.path, { loginName: first.loginName, email: first.email })).status).toBe(200);
    expect((await change(second.path, { email: first.email.toUpperCase() })).status).toBe(200);
  });

  it('moves to another company with counts, name index and address', async () => {
    const [from, to, maker] = [
      await makeCompany('From'),
      await makeCompany('To'),
      await makeCompany('Works', 'MANUFACTURER'),
    ];
    const { path, id, email } = await one(from, { organization: 'IT' });
    expect((await change(path, { companyId: maker })).body.code).toBe('people.not_allowed');
    expect((await change(path, { companyId: globalCompanyId })).body.code).toBe('people.not_allowed');
    const nowhere = 'com_01JZ0000000000000000000000';
    expect((await change(path, { companyId: nowhere })).body.code).toBe('people.company_unknown');
    const moved = await change(path, { companyId: to });
    expect(moved).toMatchObject({
      status: 200,
      headers: { etag: '"2"', location: `/v1/companies/${to}/people/${id}` },
    });
    expect((await call(`GET ${path}`, { as: msp.reader })).status).toBe(404);
    const found = await call(`GET /v1/people?email=${email}`, { as: msp.reader });
    expect(found.body.items).toMatchObject([{ id, companyId: to }]);
    expect([await groups(from), await groups(to)]).toEqual([{}, { To: 1, 'To - IT': 1 }]);
    expect(
      (await change(moved.headers.location ?? '', { companyId: from, email: 'moved@c.example' })).status,
    ).toBe(200);
    const again = await call('GET /v1/people?email=moved@c.example', { as: msp.reader });
    expect(again.body.items).toMatchObject([{ id, companyId: from }]);
  });

  it('removes and frees; the company can go then', async () => {
    const company = await makeCompany('Emptied');
    const { path, email, loginName } = await one(company, { organization: 'IT', department: 'Ops' });
    expect((await remove(path, '*', other.catalog)).status).toBe(404);
    expect((await remove(path, '"9"')).status).toBe(412);
    expect((await remove(path)).status).toBe(204);
    expect((await add({ fullName: 'Next', loginName, email })).status).toBe(201);
    expect((await remove(`/v1/companies/${company}`)).status).toBe(204);
  });

  it('keeps a company or its newest person, never a person without company', async () => {
    for (let round = 0; round < 5; round++) {
      const company = await makeCompany(`Raced ${round}`);
      const [added, removed] = await Promise.all([
        add({ fullName: 'R', loginName: `r${round}`, email: `r${round}@r.example` }, company),
        remove(`/v1/companies/${company}`),
      ]);
      const found = await call(`GET /v1/people?email=r${round}@r.example`, { as: msp.reader });
      expect([
        [201, 409, 1],
        [404, 204, 0],
      ]).toContainEqual([added.status, removed.status, found.body.items.length]);
    }
  });

  it('keeps who administers a customer, and the customer’s company', async () => {
    const { id, admin } = await addCustomer(msp);
    const customer = await call(`GET /v1/customers/${id}`, { as: msp.reader });
    const company = `/v1/companies/${customer.body.companyId}`;
    const path = `${company}/people/${admin.person}`;
    expect((await remove(path)).body.code).toBe('people.administers_customer');
    expect((await change(path, { companyId })).body.code).toBe('people.administers_customer');
    expect((await change(path, { email: 'else@c.example' })).body.code).toBe('people.administers_customer');
    expect((await change(path, { organization: 'Board' })).status).toBe(200);
    expect((await remove(company)).body.code).toBe('companies.is_customer');
    expect((await change(company, { locations: ['Here'] })).body).toMatchObject({ customerId: id });
    expect((await call(`GET ${company}`, { as: msp.reader })).body).toMatchObject({ customerId: id });
    const plain = await one(customer.body.companyId);
    expect((await remove(plain.path)).status).toBe(204);
  });
});
