import { beforeAll, describe, expect, it } from 'vitest';
import { call, enlist, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
beforeAll(async () => {
  msp = await makeMsp({ domains: ['northwind.example'] });
  other = await makeMsp();
});

describe('providers', () => {
  it('tells who I am', async () => {
    const { status, body } = await call('GET /v1/me', { as: msp.system });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      personId: msp.system.person,
      roles: ['SYSTEM_ADMINISTRATOR'],
      node: { id: msp.id, type: 'PROVIDER' },
    });
  });

  it('reads its own and hides others', async () => {
    const own = await call(`GET /v1/providers/${msp.id}`, { as: msp.system });
    expect(own.body).toMatchObject({
      id: msp.id,
      hosting: 'SAAS',
      installation: 'FRESH',
      domains: ['northwind.example'],
    });
    expect(own.headers.etag).toBe('"1"');
    const foreign = await call(`GET /v1/providers/${other.id}`, { as: msp.system });
    const nobody = await call('GET /v1/providers/prv_00000000000000000000000000', { as: msp.system });
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...nobody.body, requestId: '' });
  });

  it('refuses a taken name and a taken domain', async () => {
    const { body } = await call(`GET /v1/providers/${msp.id}`, { as: msp.system });
    const again = {
      name: body.name.toUpperCase(),
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'X', email: `x.${msp.id.slice(-8)}@a.example.com` },
    };
    expect((await call('POST /v1/providers', { as: msp.operator, body: again })).body.code).toBe(
      'providers.name_taken',
    );
    const domain = { ...again, name: `Unlike ${msp.id}`, domains: ['northwind.example'] };
    expect((await call('POST /v1/providers', { as: msp.operator, body: domain })).body.code).toBe(
      'providers.domain_taken',
    );
    const address = {
      ...again,
      name: `Unlike too ${msp.id}`,
      administrator: { name: 'X', email: msp.system.email },
    };
    expect((await call('POST /v1/providers', { as: msp.operator, body: address })).body.code).toBe(
      'members.address_in_use',
    );
  });

  it('replays the same key and refuses it with another body', async () => {
    const body = {
      name: `Replayed ${msp.id}`,
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'X', email: `r.${msp.id.slice(-8)}@a.example.com` },
    };
    const [first, second] = [
      await call('POST /v1/providers', { as: msp.operator, body, key: `k-1${msp.id}` }),
      await call('POST /v1/providers', { as: msp.operator, body, key: `k-1${msp.id}` }),
    ];
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      etag: '"1"',
      location: first.headers.location,
    });
    const changed = await call('POST /v1/providers', {
      as: msp.operator,
      body: { ...body, name: 'Else' },
      key: `k-1${msp.id}`,
    });
    expect(changed.body.code).toBe('idempotency.key_reused');
  });

  it('changes with If-Match only, and refuses a taken name', async () => {
    const path = `PATCH /v1/providers/${msp.id}`;
    expect((await call(path, { as: msp.system, body: { name: 'New' } })).status).toBe(428);
    expect(
      (await call(path, { as: msp.system, body: { name: 'New' }, headers: { 'if-match': '"9"' } })).status,
    ).toBe(412);
    const { body } = await call(`GET /v1/providers/${other.id}`, { as: other.system });
    const taken = await call(path, {
      as: msp.system,
      body: { name: body.name },
      headers: { 'if-match': '"1"' },
    });
    expect(taken.body.code).toBe('providers.name_taken');
    const changed = await call(path, {
      as: msp.system,
      body: { name: `Renamed ${msp.id}` },
      headers: { 'if-match': '"1"' },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: `Renamed ${msp.id}` },
      headers: { etag: '"2"' },
    });
    const same = { name: `Renamed ${msp.id}` };
    const again = await call(path, { as: msp.system, body: same, headers: { 'if-match': '"2"' } });
    expect(again).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: changed.body });
    const told = await call('GET /v1/audit-events?action=providers.change', { as: msp.system });
    expect(told.body.items).toHaveLength(1);
  });

  it('pages through providers by name with a sealed cursor', async () => {
    const first = await call('GET /v1/providers?limit=1', { as: msp.operator });
    expect(first.body.items).toHaveLength(1);
    const next = await call(`GET /v1/providers?limit=1&cursor=${first.body.nextCursor}`, {
      as: msp.operator,
    });
    expect(next.body.items[0].id).not.toBe(first.body.items[0].id);
    const elsewhere = await call(`GET /v1/providers?limit=1&q=ms&cursor=${first.body.nextCursor}`, {
      as: msp.operator,
    });
    expect(elsewhere.body).toMatchObject({ status: 400, errors: [{ pointer: '#/query/cursor' }] });
    expect((await call('GET /v1/providers', { as: msp.system })).status).toBe(403);
  });
});

describe('members', () => {
  const people = () => `/v1/providers/${msp.id}/members`;

  it('adds, lists, changes and removes; a removed person is out at the next request', async () => {
    const added = await call(`POST ${people()}`, {
      as: msp.system,
      body: { name: 'New Person', email: `new.${msp.id.slice(-8)}@msp.example.com`, roles: ['MSP_OPERATOR'] },
    });
    expect(added.status).toBe(201);
    const person = added.body.personId;
    const caller = {
      tenant: msp.id,
      person,
      roles: ['MSP_OPERATOR', 'CATALOG_ADMINISTRATOR'],
      email: added.body.email,
    };
    expect((await call('GET /v1/me', { as: caller })).body.roles).toEqual(['MSP_OPERATOR']);
    const listed = await call(`GET ${people()}?limit=100`, { as: msp.system });
    expect(listed.body.items.map((one: { personId: string }) => one.personId)).toContain(person);
    const changed = await call(`PATCH ${people()}/${person}`, {
      as: msp.system,
      body: { roles: ['CATALOG_ADMINISTRATOR'] },
      headers: { 'if-match': '"1"' },
    });
    expect(changed.body.roles).toEqual(['CATALOG_ADMINISTRATOR']);
    const read = await call(`GET ${people()}/${person}`, { as: msp.system });
    expect(read.headers.etag).toBe('"2"');
    const removed = await call(`DELETE ${people()}/${person}`, {
      as: msp.system,
      headers: { 'if-match': '"2"' },
    });
    expect(removed.status).toBe(204);
    expect((await call('GET /v1/me', { as: caller })).status).toBe(401);
  });

  it('keeps one system administrator and nobody changes their own roles', async () => {
    const lone = await makeMsp();
    const everyone = (await call(`GET /v1/providers/${lone.id}/members`, { as: lone.system })).body.items;
    const first = everyone.find((one: { name: string }) => one.name === 'First Admin').personId;
    const by = (person: string) => `/v1/providers/${lone.id}/members/${person}`;
    const own = await call(`DELETE ${by(lone.system.person)}`, {
      as: lone.system,
      headers: { 'if-match': '*' },
    });
    expect(own.body.code).toBe('members.not_yourself');
    const roles = { roles: ['MSP_OPERATOR'] };
    const selfChange = await call(`PATCH ${by(lone.system.person)}`, {
      as: lone.system,
      body: roles,
      headers: { 'if-match': '*' },
    });
    expect(selfChange.body.code).toBe('members.not_yourself');
    expect(
      (await call(`DELETE ${by(first)}`, { as: lone.system, headers: { 'if-match': '*' } })).status,
    ).toBe(204);
    const last = await call(`DELETE ${by(lone.system.person)}`, {
      as: lone.operator,
      headers: { 'if-match': '*' },
    });
    expect(last.body.code).toBe('members.last_administrator');
    const demoted = await call(`PATCH ${by(lone.system.person)}`, {
      as: lone.operator,
      body: roles,
      headers: { 'if-match': '*' },
    });
    expect(demoted.body.code).toBe('members.last_administrator');
  });

  it('refuses an address that signs in elsewhere', async () => {
    const body = { name: 'Twice', email: other.system.email, roles: ['MSP_OPERATOR'] };
    expect((await call(`POST ${people()}`, { as: msp.system, body })).body.code).toBe(
      'members.address_in_use',
    );
    await expect(enlist(msp.id, ['MSP_OPERATOR'])).resolves.toBeDefined();
  });
});
