import { beforeAll, describe, expect, it } from 'vitest';
import { globalCompanyId } from '../../lib/kit/id.ts';
import { announcedBy } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';

let msp: Msp;
let other: Msp;
beforeAll(async () => {
  [msp, other] = await Promise.all([makeMsp(), makeMsp()]);
});

const add = (name: string, type = 'CUSTOMER', more = {}) =>
  call('POST /v1/companies', { as: msp.catalog, body: { name, type, ...more } });
const change = (id: string, body: unknown, version = '"1"') =>
  call(`PATCH /v1/companies/${id}`, { as: msp.catalog, body, headers: { 'if-match': version } });
const remove = (id: string, version = '*') =>
  call(`DELETE /v1/companies/${id}`, { as: msp.catalog, headers: { 'if-match': version } });

describe('companies', () => {
  it('adds, reads and hides from other providers', async () => {
    const added = await add('Fabrikam', 'CUSTOMER', { organizations: ['Sales', 'IT'], locations: ['Oslo'] });
    expect(added).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: `/v1/companies/${added.body.id}` },
      body: { name: 'Fabrikam', type: 'CUSTOMER', global: false, eligibleAsCustomer: true, customerId: null },
    });
    const path = `GET /v1/companies/${added.body.id}`;
    expect((await call(path, { as: msp.reader })).body).toEqual(added.body);
    expect((await call(path, { as: other.system })).status).toBe(404);
    for (const way of ['PATCH', 'DELETE']) {
      const sent = {
        as: other.system,
        headers: { 'if-match': '*' },
        ...(way === 'PATCH' ? { body: {} } : {}),
      };
      expect((await call(`${way} /v1/companies/${added.body.id}`, sent)).status).toBe(404);
    }
  });

  it('knows that only manufacturers and Global are never customers', async () => {
    for (const type of ['OPERATING_COMPANY', 'SERVICE_PROVIDER', 'VENDOR', 'GENERIC_CONTACT', 'SUPPLIER']) {
      expect((await add(`Eligible ${type}`, type)).body.eligibleAsCustomer).toBe(true);
    }
    expect((await add('Maker', 'MANUFACTURER')).body.eligibleAsCustomer).toBe(false);
    const { body } = await call(`GET /v1/companies/${globalCompanyId}`, { as: msp.reader });
    expect(body).toMatchObject({ name: 'Global', global: true, eligibleAsCustomer: false });
  });

  it('refuses a name in use, whatever the case, and frees it with the company', async () => {
    const first = await add('Contoso  Ltd');
    expect((await add('CONTOSO ltd')).body.code).toBe('companies.name_taken');
    expect((await add('global')).body.code).toBe('companies.name_taken');
    const second = await add('Contoso Two');
    expect((await change(second.body.id, { name: 'contoso LTD' })).body.code).toBe('companies.name_taken');
    expect((await change(second.body.id, { name: 'GLOBAL' })).body.code).toBe('companies.name_taken');
    expect((await remove(first.body.id, '"1"')).status).toBe(204);
    expect((await call(`GET /v1/companies/${first.body.id}`, { as: msp.reader })).status).toBe(404);
    expect((await change(second.body.id, { name: 'contoso LTD' })).status).toBe(200);
    expect(
      (await call('POST /v1/companies', { as: other.catalog, body: { name: 'Contoso Ltd', type: 'VENDOR' } }))
        .status,
    ).toBe(201);
  });

  it('changes three ways, with If-Match', async () => {
    const { body } = await add('Three Ways', 'VENDOR', { organizations: ['A'], locations: ['B'] });
    expect((await call(`PATCH /v1/companies/${body.id}`, { as: msp.catalog, body: {} })).status).toBe(428);
    expect((await change(body.id, {}, '"7"')).status).toBe(412);
    const changed = await change(body.id, { organizations: null, type: 'SUPPLIER' });
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { name: 'Three Ways', organizations: [], locations: ['B'], type: 'SUPPLIER' },
    });
    expect((await change(body.id, { type: 'MANUFACTURER' }, '"2"')).body.code).toBe('companies.type_fixed');
    const before = await announcedBy(msp.id);
    const same = await change(body.id, { type: 'SUPPLIER', organizations: [] }, '"2"');
    expect(same).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: changed.body });
    expect(await announcedBy(msp.id)).toHaveLength(before.length);
    expect((await remove(body.id, '"1"')).status).toBe(412);
  });

  it('never changes or removes Global', async () => {
    expect((await change(globalCompanyId, { name: 'Mine' })).body.code).toBe('companies.global');
    expect((await remove(globalCompanyId)).body.code).toBe('companies.global');
  });

  it('keeps and finds names that swell when folded', async () => {
    const swelling = `${'\ufdfa'.repeat(79)}`;
    const [first, second] = [await add(`${swelling}a`), await add(`${swelling}a`)];
    expect([first.status, second.body.code]).toEqual([201, 'companies.name_taken']);
    const found = await call(`GET /v1/companies?q=${encodeURIComponent(swelling)}`, { as: msp.reader });
    expect(found.body.items.map((one: { id: string }) => one.id)).toEqual([first.body.id]);
  });

  it('names the wrong field', async () => {
    const wrong = [
      [{ name: 'x', type: 'BANK' }, '#/type'],
      [{ name: 'see http://evil.example', type: 'VENDOR' }, '#/name'],
      [{ name: 'a\u202eb', type: 'VENDOR' }, '#/name'],
      [{ name: 'x'.repeat(81), type: 'VENDOR' }, '#/name'],
      [{ name: 'x', type: 'VENDOR', global: true }, '#/global'],
      [{ name: 'x', type: 'VENDOR', locations: ['a', 'A'] }, '#/locations'],
    ] as const;
    for (const [body, pointer] of wrong) {
      const { status, body: told } = await call('POST /v1/companies', { as: msp.catalog, body });
      expect([status, told.errors[0].pointer]).toEqual([400, pointer]);
    }
    expect(
      (await call('POST /v1/companies', { as: msp.reader, body: { name: 'x', type: 'VENDOR' } })).status,
    ).toBe(403);
  });

  it('lists by name, by prefix and by type, Global first, page by page', async () => {
    const lister = await makeMsp();
    for (const [name, type] of [
      ['beta', 'VENDOR'],
      ['Alpha', 'CUSTOMER'],
      ['Gamma', 'VENDOR'],
      ['Alphabet', 'VENDOR'],
    ]) {
      await call('POST /v1/companies', { as: lister.catalog, body: { name, type } });
    }
    const names = async (query: string) => {
      const out: string[] = [];
      let cursor = '';
      do {
        const { body } = await call(`GET /v1/companies?${query}${cursor}`, { as: lister.reader });
        out.push(...body.items.map((one: { name: string }) => one.name));
        cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
      } while (cursor);
      return out;
    };
    const everyone = ['Global', 'Alpha', 'Alphabet', 'beta', 'Gamma'];
    expect(await names('limit=100')).toEqual(everyone);
    expect(await names('limit=1')).toEqual(everyone);
    expect(await names('limit=2')).toEqual(everyone);
    expect(await names('q=ALPHA')).toEqual(['Alpha', 'Alphabet']);
    expect(await names('q=g&limit=1')).toEqual(['Global', 'Gamma']);
    expect(await names('type=VENDOR&limit=2')).toEqual(['Alphabet', 'beta', 'Gamma']);
    expect(await names('type=VENDOR&q=al')).toEqual(['Alphabet']);
    expect(await names('type=SUPPLIER')).toEqual([]);
  });
});
