import { beforeAll, describe, expect, it } from 'vitest';
import { plantReseller } from '../kit/forest.ts';
import { addCompany, type Caller, call, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
beforeAll(async () => {
  msp = await makeMsp();
  await ensureMspMode(msp);
});

/** A customer that the first `count` of its company's people administer. */
async function customerWith(count: number, people = count + 1) {
  const company = await addCompany(msp, { people });
  const administrators = company.people.slice(0, count).map((one) => one.id);
  const { body } = await call('POST /v1/customers', {
    as: msp.catalog,
    body: { companyId: company.id, accountManagerEmail: 'manager@msp.example.com', administrators },
  });
  const path = `/v1/customers/${body.id}/administrators`;
  const callers = company.people.map(
    (one): Caller => ({
      tenant: body.id,
      person: one.id,
      roles: ['CUSTOMER_ADMINISTRATOR'],
      email: one.email,
    }),
  );
  return { company: company.id, path, people: company.people.map((one) => one.id), callers };
}

const add = (path: string, personId: string | undefined, as = msp.catalog) =>
  call(`POST ${path}`, { as, body: { personId } });
const remove = (path: string, personId: string | undefined, etag = '*') =>
  call(`DELETE ${path}/${personId}`, { as: msp.catalog, headers: { 'if-match': etag } });
const ids = async (path: string) =>
  (await call(`GET ${path}?limit=100`, { as: msp.reader })).body.items.map(
    (one: { personId: string }) => one.personId,
  );

describe('administrators', () => {
  it('are added from the company, read, and out at the next request when removed', async () => {
    const { path, people, callers } = await customerWith(1);
    const [first, second] = people;
    expect(await add(`${path}?dryRun=true`, second)).toMatchObject({
      status: 200,
      body: { personId: second },
    });
    expect(await ids(path)).toEqual([first]);
    const added = await add(path, second);
    expect(added).toMatchObject({ status: 201, headers: { etag: '"1"', location: `${path}/${second}` } });
    expect((await ids(path)).sort()).toEqual([...people].sort());
    const [, newcomer] = callers;
    if (!newcomer) throw new Error('No second person');
    expect((await call(`GET ${path}/${first}`, { as: newcomer })).headers.etag).toBe('"1"');
    expect((await add(path, second, newcomer)).status).toBe(403);
    expect((await remove(path, first, '"5"')).status).toBe(412);
    const dry = await remove(path, `${first}?dryRun=true`, '"1"');
    expect([dry.status, dry.headers['quartermaster-dry-run']]).toEqual([200, 'true']);
    expect((await remove(path, first, '"1"')).status).toBe(204);
    expect((await call('GET /v1/me', { as: callers[0] ?? newcomer })).status).toBe(401);
    expect((await call(`GET ${path}/${first}`, { as: newcomer })).status).toBe(404);
    expect((await remove(path, first)).status).toBe(404);
    expect((await add(path, first)).status).toBe(201);
  });

  it('must be of the company, once, with an address of their own', async () => {
    const { path, people } = await customerWith(1);
    const elsewhere = await customerWith(1);
    const foreign = await add(path, elsewhere.people[1]);
    expect(foreign.body).toMatchObject({
      code: 'customers.not_of_company',
      errors: [{ pointer: '#/personId' }],
    });
    expect((await add(path, people[0])).body.code).toBe('customers.already_administrator');
    const company = (await call(`GET ${path.replace('/administrators', '')}`, { as: msp.reader })).body
      .companyId;
    const twin = await call(`POST /v1/companies/${company}/people`, {
      as: msp.catalog,
      body: { fullName: 'Twin', loginName: `twin${people[0]}`, email: msp.reader.email },
    });
    const taken = await add(path, twin.body.id);
    expect(taken.body).toMatchObject({ code: 'members.address_in_use', errors: [{ pointer: '#/personId' }] });
  });

  it('are not added where the customer, or a node above it, restricts the role', async () => {
    const { path, people } = await customerWith(1);
    const customer = path.replace('/administrators', '');
    const say = (node: string, allowedRoles: string[]) =>
      call(`PATCH ${node}`, { as: msp.catalog, body: { allowedRoles }, headers: { 'if-match': '*' } });
    await say(customer, ['USER_ADMINISTRATOR']);
    expect((await add(path, people[1])).body.code).toBe('customers.role_restricted');
    await say(customer, ['CUSTOMER_ADMINISTRATOR']);
    const reseller = await plantReseller(msp);
    const moved = await call(`POST ${customer}/move`, {
      as: msp.catalog,
      body: { parentId: reseller.id, acceptLostRoles: true },
      headers: { 'if-match': '*' },
    });
    expect(moved.status).toBe(202);
    await say(`/v1/customers/${reseller.id}`, ['USER_ADMINISTRATOR']);
    expect((await add(path, people[1])).body.code).toBe('customers.role_restricted');
    await say(`/v1/customers/${reseller.id}`, ['CUSTOMER_ADMINISTRATOR']);
    expect((await add(path, people[1])).status).toBe(201);
  });

  it('never all go', async () => {
    const { path, people } = await customerWith(2);
    expect((await remove(path, people[0])).status).toBe(204);
    expect((await remove(path, people[1])).body.code).toBe('customers.last_administrator');
    expect(await ids(path)).toEqual([people[1]]);
  });

  it('never all go, not even when removed at once', async () => {
    for (let round = 0; round < 10; round++) {
      const { path, people } = await customerWith(3, 3);
      const answers = await Promise.all(people.map((one) => remove(path, one)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 204, 409]);
      expect(await ids(path)).toHaveLength(1);
    }
  });

  it('are never people who have left the company at the same moment', async () => {
    for (let round = 0; round < 8; round++) {
      const { path, people, company } = await customerWith(1);
      const person = people[1];
      const [added, left] = await Promise.all([
        add(path, person),
        call(`DELETE /v1/companies/${company}/people/${person}`, {
          as: msp.catalog,
          headers: { 'if-match': '*' },
        }),
      ]);
      expect([added.status === 201, left.status === 204].filter(Boolean)).toHaveLength(1);
    }
  });

  it('are another tenant’s: not found', async () => {
    const stranger = await makeMsp();
    const { path, people } = await customerWith(1);
    const as = stranger.catalog;
    expect((await call(`GET ${path}`, { as })).status).toBe(404);
    expect((await call(`GET ${path}/${people[0]}`, { as })).status).toBe(404);
    expect((await call(`DELETE ${path}/${people[0]}`, { as, headers: { 'if-match': '*' } })).status).toBe(
      404,
    );
    expect((await call(`POST ${path}`, { as, body: { personId: people[1] } })).status).toBe(404);
    expect((await call(`DELETE ${path}/${people[0]}`, { as: msp.catalog })).status).toBe(428);
    expect(
      (await call(`POST ${path}`, { as: msp.catalog, body: { personId: 'x' } })).body.errors,
    ).toMatchObject([{ pointer: '#/personId' }]);
  });
});
