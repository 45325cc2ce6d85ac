import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as preToken } from '../../functions/platform/pre-token.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { endIdentityKey } from '../../lib/kit/end-user.ts';
import { personKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { quick } from '../kit/forest.ts';
import { addCompany, call, enlist, ensureMspMode, type Msp, makeMsp } from '../kit/world.ts';
import { addPerson, allOf, any, type Bazaar, endUserOf, openBazaar, rowOf } from './bazaar.ts';

let msp: Msp;
let bazaar: Bazaar;
beforeAll(async () => {
  msp = await makeMsp();
  bazaar = await openBazaar(msp);
});

async function claimsOf(email: string): Promise<Record<string, unknown> | undefined> {
  const event = {
    request: { userAttributes: { email, email_verified: 'true' } },
    response: { claimsAndScopeOverrideDetails: null },
  };
  const answer = (await preToken(event as never)) as unknown as {
    response: {
      claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: never } } | null;
    };
  };
  return answer.response.claimsAndScopeOverrideDetails?.accessTokenGeneration.claimsToAddOrOverride;
}

const knows = async (as: Parameters<typeof call>[1] & object) => (await call('GET /v1/catalogue', as)).status;

describe('people of the directory', () => {
  it('are end users of the customer that their company became, and sign in without a role', async () => {
    const [, second] = bazaar.people;
    expect(await claimsOf(second?.email ?? '')).toEqual({
      tenant: bazaar.id,
      person: second?.id,
      roles: '',
      provider: msp.id,
    });
    expect(await knows({ as: second?.as as never })).toBe(200);
    expect(await rowOf(bazaar.id, second?.id ?? '')).toMatchObject({
      kind: 'endUser',
      state: 'ACTIVE',
      source: 'DIRECTORY',
      companyId: bazaar.companyId,
      markets: [],
    });
  });

  it('are told who they are, where they belong and what they may do', async () => {
    const [first, second] = bazaar.people;
    const told = await call('GET /v1/me', { as: second?.as as never });
    expect(told).toMatchObject({
      status: 200,
      body: {
        personId: second?.id,
        roles: [],
        permissions: [],
        endUser: true,
        node: { id: bazaar.id, type: 'CUSTOMER' },
      },
    });
    const both = await call('GET /v1/me', { as: bazaar.admin });
    expect(both.body).toMatchObject({
      personId: first?.id,
      roles: ['CUSTOMER_ADMINISTRATOR'],
      endUser: true,
    });
    expect(both.body.permissions).toContain('marketplaces.manage');
    const staff = await call('GET /v1/me', { as: msp.catalog });
    expect(staff.body).toMatchObject({ roles: ['CATALOG_ADMINISTRATOR'], endUser: false });
    const nobody = { ...(second?.as as never as object), person: newId('person', Date.now()) };
    expect((await call('GET /v1/me', { as: nobody as never })).status).toBe(401);
  });

  it('sign in as members where they are, and use the catalogue all the same', async () => {
    expect(await claimsOf(bazaar.admin.email)).toMatchObject({ roles: 'CUSTOMER_ADMINISTRATOR' });
    expect(await knows({ as: bazaar.admin })).toBe(200);
    const { as } = bazaar.people[1] as (typeof bazaar.people)[0];
    expect((await call(`GET /v1/customers/${bazaar.id}`, { as })).status).toBe(401);
    expect((await call('GET /v1/catalogue', { as: msp.catalog })).status).toBe(401);
  });

  it('come later one by one, and are out at the next request when they are removed', async () => {
    const one = await addPerson(msp, bazaar);
    expect(await knows({ as: one.as })).toBe(401);
    await deliver(msp.id, bazaar.id);
    expect(await knows({ as: one.as })).toBe(200);
    const path = `/v1/companies/${bazaar.companyId}/people/${one.id}`;
    expect((await call(`DELETE ${path}`, { as: msp.catalog, headers: any })).status).toBe(204);
    expect(await knows({ as: one.as })).toBe(401);
    expect(await claimsOf(one.email)).toBeUndefined();
  });

  it('who are gone do not come back with a late event', async () => {
    const one = await addPerson(msp, bazaar);
    await deliver(msp.id, bazaar.id);
    const path = `/v1/companies/${bazaar.companyId}/people/${one.id}`;
    await call(`DELETE ${path}`, { as: msp.catalog, headers: any });
    const late = (await announcedBy(msp.id)).find(
      ({ type, subject }) => type === 'directory.person_added.v1' && subject === one.id,
    );
    await react(late as never);
    await react({ ...(late as object), id: newId('event', Date.now()) } as never);
    expect(await rowOf(bazaar.id, one.id)).toBeUndefined();
  });

  it('leave at once with a move, and are enrolled where they came to', async () => {
    const other = await openBazaar(msp, 1);
    const one = await addPerson(msp, bazaar);
    await deliver(msp.id, bazaar.id);
    const path = `/v1/companies/${bazaar.companyId}/people/${one.id}`;
    const moved = await call(`PATCH ${path}`, {
      as: msp.catalog,
      headers: any,
      body: { companyId: other.companyId },
    });
    expect(moved.status).toBe(200);
    expect(await knows({ as: one.as })).toBe(401);
    await deliver(msp.id, other.id);
    expect(await knows({ as: endUserOf(msp, other.id, one).as })).toBe(200);
    expect(await claimsOf(one.email)).toMatchObject({ tenant: other.id });
  });

  it('sign in with a new address only, once it has changed', async () => {
    const one = await addPerson(msp, bazaar);
    await deliver(msp.id, bazaar.id);
    const email = `${randomUUID()}@customer.example.com`;
    const path = `/v1/companies/${bazaar.companyId}/people/${one.id}`;
    await call(`PATCH ${path}`, { as: msp.catalog, headers: any, body: { email } });
    expect(await claimsOf(one.email)).toBeUndefined();
    await deliver(msp.id, bazaar.id);
    expect(await claimsOf(email)).toMatchObject({ tenant: bazaar.id, person: one.id });
    expect(await claimsOf(one.email)).toBeUndefined();
  });

  it('of two providers with one address: the first has it', async () => {
    const another = await makeMsp();
    const elsewhere = await openBazaar(another, 1);
    const one = await addPerson(msp, bazaar);
    await deliver(msp.id, bazaar.id);
    const twin = await addPerson(another, elsewhere, { email: one.email });
    await deliver(another.id, elsewhere.id);
    expect(await claimsOf(one.email)).toMatchObject({ tenant: bazaar.id });
    const told = await call(`GET /v1/people/${twin.id}/entitlements`, { as: elsewhere.admin });
    expect(told.body).toMatchObject({ enrolled: true, signsIn: false });
    const path = `/v1/companies/${bazaar.companyId}/people/${one.id}`;
    await call(`DELETE ${path}`, { as: msp.catalog, headers: any });
    await call(`POST /v1/customers/${elsewhere.id}/enrolments`, { as: elsewhere.admin });
    await deliver(another.id, elsewhere.id);
    expect(await claimsOf(one.email)).toMatchObject({ tenant: elsewhere.id, person: twin.id });
  });

  it('that sign in at another customer are refused to users and members, by name, and told to no dry run', async () => {
    const [another, domain] = [await makeMsp(), `${randomUUID().slice(0, 8)}.example.com`];
    await ensureMspMode(another);
    const theirs = await call('POST /v1/customers', { as: another.catalog, body: quick({ domain }) });
    const path = `/v1/customers/${theirs.body.id}/users`;
    const user = (local: string, more = {}) =>
      call(`POST ${path}`, {
        as: another.catalog,
        body: { firstName: 'A', lastName: local, upn: `${local}@${domain}`, ...more },
      });
    const code = 'members.address_in_use';
    expect((await user('first')).status).toBe(201);
    const squatted = ['plain', 'admin', 'later', 'imported'].map((local) => `${local}@${domain}`);
    for (const email of squatted) await addPerson(msp, bazaar, { email });
    await deliver(msp.id, bazaar.id);
    const plain = await user('plain');
    expect(plain.body).toMatchObject({ code, errors: [{ pointer: '#/email' }] });
    const email = `somewhere@${domain}`;
    expect((await user('plain', { email })).body.email).toBe(email);
    const role = { preset: 'USER_ADMINISTRATOR' };
    expect((await user('admin', { role })).body).toMatchObject({ code, errors: [{ pointer: '#/email' }] });
    const later = await user('later', { email: `free@${domain}` });
    const sent = { as: another.catalog, headers: any, body: { email: `later@${domain}` } };
    expect((await call(`PATCH ${path}/${later.body.id}`, sent)).body.code).toBe(code);
    const file = await call(`POST /v1/customers/${theirs.body.id}/user-imports`, {
      as: another.catalog,
      text: `firstName,lastName,upn\nA,B,imported@${domain}\nC,D,new@${domain}\n`,
      headers: { 'content-type': 'text/csv' },
    });
    expect(file.body).toMatchObject({
      imported: 1,
      results: [{ line: 2, field: 'upn', message: 'signs in elsewhere' }, { line: 3 }],
    });
    const member = { name: 'M', email: squatted[1], roles: ['MSP_OPERATOR'] };
    const joined = await call(`POST /v1/providers/${another.id}/members`, {
      as: another.system,
      body: member,
    });
    expect(joined.body.code).toBe(code);
    const company = await addCompany(another);
    const person = await call(`POST /v1/companies/${company.id}/people`, {
      as: another.catalog,
      body: { fullName: 'P', loginName: randomUUID(), email: squatted[2] },
    });
    const customer = (query: string) =>
      call(`POST /v1/customers${query}`, {
        as: another.catalog,
        body: {
          companyId: company.id,
          accountManagerEmail: 'manager@msp.example.com',
          administrators: [person.body.id],
        },
      });
    expect((await customer('?dryRun=true')).status).toBe(200);
    expect((await customer('')).body).toMatchObject({ code, errors: [{ pointer: '#/administrators/0' }] });
    for (const one of squatted) expect(await claimsOf(one)).toMatchObject({ tenant: bazaar.id });
  });

  it('of the same customer may administer it', async () => {
    const one = await addPerson(msp, bazaar);
    await deliver(msp.id, bazaar.id);
    const path = `/v1/customers/${bazaar.id}/administrators`;
    const made = await call(`POST ${path}`, { as: msp.catalog, body: { personId: one.id } });
    expect(made.status).toBe(201);
    expect(await claimsOf(one.email)).toMatchObject({ person: one.id, roles: 'CUSTOMER_ADMINISTRATOR' });
  });

  it('of an import are enrolled with it', async () => {
    const name = (await call(`GET /v1/companies/${bazaar.companyId}`, { as: msp.catalog })).body.name;
    const unique = randomUUID().slice(0, 8);
    const rows = Array.from(
      { length: 70 },
      (_, at) => `${name},P ${at},${unique}.${at},${unique}.${at}@imp.example.com`,
    );
    await call('POST /v1/imports?kind=people', {
      as: msp.catalog,
      text: ['company,fullName,loginName,email', ...rows].join('\n'),
      headers: { 'content-type': 'text/csv' },
    });
    await deliver(msp.id, bazaar.id);
    for (const at of [0, 35, 69]) {
      expect(await claimsOf(`${unique}.${at}@imp.example.com`)).toMatchObject({ tenant: bazaar.id });
    }
  });
});

describe('users', () => {
  let customerId: string;
  beforeAll(async () => {
    await ensureMspMode(msp);
    customerId = (
      await call('POST /v1/customers', { as: msp.catalog, body: quick({ domain: 'users-of.example.com' }) })
    ).body.id;
    await addUser('first');
  });
  const addUser = async (name: string, more: Record<string, unknown> = {}) => {
    const body = { firstName: 'A', lastName: name, upn: `${name}@users-of.example.com`, ...more };
    const made = await call(`POST /v1/customers/${customerId}/users`, { as: msp.catalog, body });
    expect(made.status).toBe(201);
    await deliver(customerId);
    const person = `per_${made.body.id.slice(-26)}`;
    return { ...made.body, as: { tenant: customerId, person, roles: [], email: body.upn, provider: msp.id } };
  };
  const change = (userId: string, body: Record<string, unknown>) =>
    call(`PATCH /v1/customers/${customerId}/users/${userId}`, { as: msp.catalog, headers: any, body });

  it('are end users from the start, without a role', async () => {
    const one = await addUser('second');
    expect(await knows({ as: one.as })).toBe(200);
    expect(await claimsOf(one.upn)).toMatchObject({ tenant: customerId, person: one.as.person, roles: '' });
  });

  it('are out at the next request when disabled or deleted, and come back when enabled', async () => {
    const one = await addUser('third');
    expect((await change(one.id, { disabled: true })).status).toBe(200);
    expect(await knows({ as: one.as })).toBe(401);
    expect(await claimsOf(one.upn)).toBeUndefined();
    await deliver(customerId);
    expect(await knows({ as: one.as })).toBe(401);
    await change(one.id, { disabled: false });
    await deliver(customerId);
    expect(await knows({ as: one.as })).toBe(200);
    await call(`DELETE /v1/customers/${customerId}/users/${one.id}`, { as: msp.catalog, headers: any });
    expect(await knows({ as: one.as })).toBe(401);
    await deliver(customerId);
    expect(await rowOf(customerId, one.as.person)).toBeUndefined();
  });

  it('are out from the day after their last one on', async () => {
    const one = await addUser('fourth', { expiresOn: '2999-01-01' });
    expect(await rowOf(customerId, one.as.person)).toMatchObject({ endsAt: '2999-01-02T00:00:00.000Z' });
    expect((await change(one.id, { expiresOn: '2020-01-01' })).status).toBe(200);
    expect(await knows({ as: one.as })).toBe(401);
  });

  it('sign in with a new address only, once it has changed', async () => {
    const one = await addUser('fifth');
    await change(one.id, { email: 'fifth@elsewhere-users.example.com' });
    expect(await claimsOf(one.upn)).toBeUndefined();
    await deliver(customerId);
    expect(await claimsOf('fifth@elsewhere-users.example.com')).toMatchObject({ person: one.as.person });
  });

  it('of an import are enrolled too', async () => {
    const text =
      'firstName,lastName,upn\nI,One,imp.one@users-of.example.com\nI,Two,imp.two@users-of.example.com';
    const headers = { 'content-type': 'text/csv' };
    const sent = await call(`POST /v1/customers/${customerId}/user-imports`, {
      as: msp.catalog,
      text,
      headers,
    });
    expect(sent.body.imported).toBe(2);
    await deliver(customerId);
    expect(await claimsOf('imp.two@users-of.example.com')).toMatchObject({ tenant: customerId });
  });
});

it('a deleted customer’s people are out, and their addresses are free', async () => {
  const gone = await openBazaar(msp, 2);
  const [, second] = gone.people;
  const path = `/v1/customers/${gone.id}/marketplaces`;
  await call(`POST ${path}`, { as: gone.admin, body: { name: 'All', everyone: true } });
  expect(await knows({ as: second?.as as never })).toBe(200);
  const deleted = await call(`DELETE /v1/customers/${gone.id}`, { as: msp.catalog, headers: any });
  expect(deleted.status, JSON.stringify(deleted.body)).toBe(204);
  expect(await knows({ as: second?.as as never })).toBe(401);
  await deliver(gone.id);
  expect(await rowOf(gone.id, second?.id ?? '')).toBeUndefined();
  expect(await allOf(gone.id, 'MARKET')).toEqual([]);
  expect(await claimsOf(second?.email ?? '')).toBeUndefined();
});

it('people of a disabled customer are refused, and back when it is enabled', async () => {
  const one = await openBazaar(msp, 2);
  const as = one.people[1]?.as as never;
  await call(`POST /v1/customers/${one.id}/disable`, { as: msp.catalog, headers: any });
  expect(await call('GET /v1/catalogue', { as })).toMatchObject({
    status: 403,
    body: { code: 'node.disabled' },
  });
  await call(`POST /v1/customers/${one.id}/enable`, { as: msp.catalog, headers: any });
  expect(await knows({ as })).toBe(200);
});

it('members without a row are nobody here', async () => {
  const as = await enlist(bazaar.id, ['CUSTOMER_OPERATOR']);
  expect(await knows({ as })).toBe(401);
});

describe('an address that has become another’s', () => {
  const identityOf = (email: string) => endIdentityKey(emailHash(email));
  const signsInAs = async (email: string) => (await get(identityOf(email), true))?.personId;
  const commitNow = (...writes: Parameters<typeof commit>[0]) =>
    commit(writes, randomUUID(), Date.now() + 5000);
  const handOver = async (email: string, personId: string) => {
    const item = (await get(identityOf(email), true)) as never as { version: number };
    const { version } = item;
    const key = identityOf(email);
    await commitNow({
      do: 'replace',
      version,
      item: { ...item, ...key, personId, version: version + 1 },
    });
  };
  const lost = async (email: string) => commitNow({ do: 'remove', key: identityOf(email) });
  const somebody = async () => {
    const one = await addPerson(msp, bazaar);
    await deliver(msp.id, bazaar.id);
    return { ...one, path: `/v1/companies/${bazaar.companyId}/people/${one.id}` };
  };
  const other = newId('person', Date.now());

  it('stays theirs when the first one is removed or changes it', async () => {
    const [removed, changed] = [await somebody(), await somebody()];
    for (const one of [removed, changed]) await handOver(one.email, other);
    const gone = await call(`DELETE ${removed.path}`, { as: msp.catalog, headers: any });
    expect(gone.status).toBe(204);
    expect(await knows({ as: removed.as })).toBe(401);
    const body = { email: `${randomUUID()}@customer.example.com` };
    const sent = await call(`PATCH ${changed.path}`, { as: msp.catalog, headers: any, body });
    expect(sent.status).toBe(200);
    await deliver(msp.id, bazaar.id);
    expect(await claimsOf(body.email)).toMatchObject({ person: changed.id });
    for (const one of [removed, changed]) expect(await signsInAs(one.email)).toBe(other);
  });

  it('stays theirs when the first one is found gone in the background', async () => {
    const one = await somebody();
    await handOver(one.email, other);
    await commitNow({ do: 'remove', key: personKey(msp.id, bazaar.companyId, one.id) });
    await call(`POST /v1/customers/${bazaar.id}/enrolments`, { as: bazaar.admin });
    await deliver(msp.id, bazaar.id);
    expect(await rowOf(bazaar.id, one.id)).toBeUndefined();
    expect(await signsInAs(one.email)).toBe(other);
  });

  it('keeps nobody from being removed, nor does one that is nobody’s', async () => {
    const one = await somebody();
    await lost(one.email);
    const before = Date.now();
    const gone = await call(`DELETE ${one.path}`, { as: msp.catalog, headers: any });
    expect(gone.status).toBe(204);
    expect(Date.now() - before).toBeLessThan(3000);
  });

  it('signs in nobody whose row does not name it', async () => {
    const [one, two] = [await somebody(), await somebody()];
    await handOver(one.email, two.id);
    expect(await claimsOf(one.email)).toBeUndefined();
    expect(await claimsOf(two.email)).toMatchObject({ person: two.id });
  });

  it('stays theirs when a user is changed, disabled or deleted', async () => {
    const domain = `${randomUUID().slice(0, 8)}.example.com`;
    const customer = await call('POST /v1/customers', { as: msp.catalog, body: quick({ domain }) });
    const path = `/v1/customers/${customer.body.id}/users`;
    const made: { id: string; upn: string }[] = [];
    for (const name of ['first', 'deleted', 'disabled', 'changed']) {
      const body = { firstName: 'A', lastName: name, upn: `${name}@${domain}` };
      made.push((await call(`POST ${path}`, { as: msp.catalog, body })).body);
    }
    await deliver(customer.body.id);
    const [, deleted, disabled, changed] = made as [never, ...{ id: string; upn: string }[]];
    for (const one of [deleted, disabled, changed]) await handOver(one?.upn ?? '', other);
    const on = { as: msp.catalog, headers: any };
    expect((await call(`DELETE ${path}/${deleted?.id}`, on)).status).toBe(204);
    const off = await call(`PATCH ${path}/${disabled?.id}`, { ...on, body: { disabled: true } });
    expect(off.status).toBe(200);
    const email = `new@${domain}`;
    expect((await call(`PATCH ${path}/${changed?.id}`, { ...on, body: { email } })).status).toBe(200);
    await deliver(customer.body.id);
    for (const one of [deleted, disabled, changed]) expect(await signsInAs(one?.upn ?? '')).toBe(other);
    expect(await claimsOf(email)).toMatchObject({ tenant: customer.body.id });
  });
});
