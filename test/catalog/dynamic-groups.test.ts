import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, get, LostRace } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { changeDynamicGroup, deleteDynamicGroup } from '../../lib/catalog/gather.ts';
import { groupAndSettings } from '../../lib/catalog/group-store.ts';
import { altered } from '../../lib/catalog/settings.ts';
import { settingsOf } from '../../lib/catalog/work-store.ts';
import { dynamicGroupKey } from '../../lib/kit/keys.ts';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import {
  addPerson,
  any,
  type Bazaar,
  openBazaar,
  plantAssignment,
  plantItem,
  rowOf,
  type Somebody,
  seenBy,
} from './bazaar.ts';

let msp: Msp;
let bazaar: Bazaar;
let [bern, basel] = [] as unknown as [Somebody, Somebody];
let item: string;
let base: string;
let markets: string;
beforeAll(async () => {
  msp = await makeMsp();
  bazaar = await openBazaar(msp, 2);
  base = `/v1/customers/${bazaar.id}/dynamic-groups`;
  markets = `/v1/customers/${bazaar.id}/marketplaces`;
  bern = await addPerson(msp, bazaar, { organization: 'Sales', location: 'Bern' });
  basel = await addPerson(msp, bazaar, { organization: 'Sales', location: 'Basel' });
  await deliver(msp.id, bazaar.id);
  item = await plantItem(msp);
  await plantAssignment(bazaar.id, item);
});

const located = (...values: string[]) => [{ all: [{ attribute: 'location', op: 'ONE_OF', values }] }];
const gather = (body: Record<string, unknown>, query = '', as: Caller = bazaar.admin) =>
  call(`POST ${base}${query}`, { as, body: { name: `Group ${randomUUID().slice(0, 6)}`, ...body } });
const regather = (id: string, body: Record<string, unknown>, query = '', as: Caller = bazaar.admin) =>
  call(`PATCH ${base}/${id}${query}`, { as, body, headers: any });
const open = async (body: Record<string, unknown>) => {
  const sent = { name: `Market ${randomUUID().slice(0, 6)}`, items: [item], ...body };
  const made = await call(`POST ${markets}`, { as: bazaar.admin, body: sent });
  await deliver(msp.id, bazaar.id);
  return made;
};
const rearrange = async (id: string, body: Record<string, unknown>) => {
  const answer = await call(`PATCH ${markets}/${id}`, { as: bazaar.admin, headers: any, body });
  await deliver(msp.id, bazaar.id);
  return answer;
};
const close = async (id: string) => {
  await call(`DELETE ${markets}/${id}`, { as: bazaar.admin, headers: any });
  await deliver(msp.id, bazaar.id);
};
const patchPerson = async ({ id }: Somebody, body: Record<string, unknown>) => {
  const path = `/v1/companies/${bazaar.companyId}/people/${id}`;
  await call(`PATCH ${path}`, { as: msp.catalog, headers: any, body });
  await deliver(msp.id, bazaar.id);
};
const read = (id: string) => call(`GET ${base}/${id}`, { as: bazaar.admin });
const membersOf = async (id: string, query = '', as: Caller = bazaar.admin): Promise<string[]> => {
  const out: string[] = [];
  let cursor = '';
  for (;;) {
    const { status, body } = await call(`GET ${base}/${id}/members?limit=100${query}${cursor}`, { as });
    if (status !== 200) throw new Error(JSON.stringify(body));
    out.push(...body.items.map(({ personId }: { personId: string }) => personId));
    if (!body.nextCursor) return out.toSorted();
    cursor = `&cursor=${body.nextCursor}`;
  }
};

describe('a dynamic group', () => {
  it('is created, read, listed by name, renamed and deleted', async () => {
    const made = await gather({ name: 'Lakes', filters: located('Bern') });
    expect(made).toMatchObject({ status: 201, body: { name: 'Lakes', marketplaces: 0, operationId: null } });
    expect(made.body.matches).toBeUndefined();
    const { id } = made.body;
    expect(made.headers.location).toBe(`${base}/${id}`);
    expect(await read(id)).toMatchObject({ status: 200, body: made.body, headers: { etag: '"1"' } });
    expect((await regather(id, { name: 'Rivers' })).status).toBe(200);
    expect((await regather(id, { name: 'Rivers' })).headers.etag).toBe('"2"');
    expect((await call(`GET ${base}?q=riv`, { as: bazaar.admin })).body.items).toEqual([
      { id, name: 'Rivers' },
    ]);
    const stale = { as: bazaar.admin, headers: { 'if-match': '"1"' }, body: { name: 'Seas' } };
    expect((await call(`PATCH ${base}/${id}`, stale)).status).toBe(412);
    const { body: _, ...bare } = stale;
    expect((await call(`DELETE ${base}/${id}`, bare)).status).toBe(412);
    expect((await call(`DELETE ${base}/${id}`, { as: bazaar.admin })).status).toBe(428);
    expect((await call(`DELETE ${base}/${id}`, { as: bazaar.admin, headers: any })).status).toBe(204);
    expect((await read(id)).status).toBe(404);
    for (const line of [`GET ${base}/${id}/members`, `PATCH ${base}/${id}`, `DELETE ${base}/${id}`]) {
      const body = line.startsWith('PATCH') ? { name: 'Seas' } : undefined;
      expect((await call(line, { as: bazaar.admin, headers: any, body })).status).toBe(404);
    }
  });

  it('gives what marketplaces give that name it, follows people who change, come and leave, and says why', async () => {
    const made = await gather({ name: 'Berne', filters: located('Bern') });
    const market = await open({ dynamicGroups: [made.body.id] });
    expect(market).toMatchObject({ status: 202, body: { dynamicGroups: [made.body.id] } });
    expect((await read(made.body.id)).body.marketplaces).toBe(1);
    expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[item], []]);
    const told = await call(`GET /v1/people/${bern.id}/entitlements`, { as: bazaar.admin });
    expect(told.body.items[0].because).toEqual([
      {
        by: 'MARKETPLACE',
        marketplaceId: market.body.id,
        name: market.body.name,
        matched: {
          rule: 'DYNAMIC_GROUP',
          dynamicGroup: { id: made.body.id, name: 'Berne' },
          filter: located('Bern')[0],
        },
      },
    ]);
    await patchPerson(basel, { location: 'Bern' });
    await patchPerson(bern, { location: 'Chur' });
    expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[], [item]]);
    await patchPerson(basel, { location: 'Basel' });
    await patchPerson(bern, { location: 'Bern' });
    const fresh = await addPerson(msp, bazaar, { location: 'bern' });
    await deliver(msp.id, bazaar.id);
    expect(await seenBy(fresh.as)).toEqual([item]);
    expect(await membersOf(made.body.id)).toEqual([bern.id, fresh.id].toSorted());
    const path = `/v1/companies/${bazaar.companyId}/people/${fresh.id}`;
    await call(`DELETE ${path}`, { as: msp.catalog, headers: any });
    expect(await membersOf(made.body.id)).toEqual([bern.id]);
    await close(market.body.id);
    expect([await seenBy(bern.as), (await read(made.body.id)).body.marketplaces]).toEqual([[], 0]);
  });

  it('follows an import of people', async () => {
    const made = await gather({ filters: located('Imported'), allowEmpty: true });
    const market = await open({ dynamicGroups: [made.body.id] });
    const login = randomUUID();
    const { name } = (await call(`GET /v1/companies/${bazaar.companyId}`, { as: msp.catalog })).body;
    const sent = await call('POST /v1/imports?kind=people', {
      as: msp.catalog,
      text: `company,fullName,loginName,email,location\n${name},Imported,${login},${login}@imp.example.com,Imported\n`,
      headers: { 'content-type': 'text/csv' },
    });
    expect(sent.status, JSON.stringify(sent.body)).toBe(202);
    await deliver(msp.id, bazaar.id);
    const [imported = ''] = await membersOf(made.body.id);
    expect((await rowOf(bazaar.id, imported))?.markets).toHaveLength(1);
    await close(market.body.id);
  });

  it('brings new filters to everybody in the background, with progress, where a marketplace names it', async () => {
    const made = await gather({ filters: located('Bern') });
    const { id } = made.body;
    expect((await regather(id, { filters: located('Basel') })).status).toBe(200);
    expect((await regather(id, { filters: located('Bern') })).status).toBe(200);
    const [one, two] = [await open({ dynamicGroups: [id] }), await open({ dynamicGroups: [id], items: [] })];
    const changed = await regather(id, { filters: located('Basel') });
    expect(changed.status).toBe(202);
    const progress = async () => (await call(`GET ${changed.headers.location}`, { as: bazaar.admin })).body;
    expect(await progress()).toMatchObject({
      id: changed.body.operationId,
      ...{ type: 'DYNAMIC_GROUP', dynamicGroupId: id, marketplaceId: null, state: 'Requested', done: 0 },
    });
    expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[item], []]);
    const told = await call(`GET /v1/people/${bern.id}/entitlements`, { as: bazaar.admin });
    expect(told.body.items[0].because[0].matched).toBeNull();
    await deliver(msp.id, bazaar.id);
    expect(await progress()).toMatchObject({ state: 'Provisioned', changed: 2 });
    expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[], [item]]);
    expect((await rowOf(bazaar.id, basel.id))?.markets).toHaveLength(2);
    expect((await regather(id, { name: 'Only the name' })).status).toBe(200);
    for (const { body } of [one, two]) await close(body.id);
  });

  it('counts for nothing beside everyone, and again without', async () => {
    const made = await gather({ filters: located('Bern') });
    const market = await open({ everyone: true, dynamicGroups: [made.body.id] });
    expect([market.status, await seenBy(basel.as)]).toEqual([201, [item]]);
    await rearrange(market.body.id, { everyone: false });
    expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[item], []]);
    const other = await gather({ filters: located('Basel') });
    await rearrange(market.body.id, { dynamicGroups: [other.body.id] });
    expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[], [item]]);
    const counts = [made, other].map(async ({ body }) => (await read(body.id)).body.marketplaces);
    expect(await Promise.all(counts)).toEqual([0, 1]);
    await close(market.body.id);
  });

  it('follows the company’s name where it asks for it', async () => {
    const name = `Renamed ${randomUUID().slice(0, 8)}`;
    const filters = [{ all: [{ attribute: 'company', op: 'EQUALS', values: [name] }] }];
    const made = await gather({ filters, allowEmpty: true });
    const market = await open({ dynamicGroups: [made.body.id] });
    await call(`PATCH /v1/companies/${bazaar.companyId}`, { as: msp.catalog, headers: any, body: { name } });
    await deliver(msp.id, bazaar.id);
    expect(await seenBy(bern.as)).toEqual([item]);
    await close(market.body.id);
  });

  it('tells in a dry run who would be in it, and writes nothing', async () => {
    const name = `Dry ${randomUUID().slice(0, 8)}`;
    const dry = await gather({ name, filters: located('Bern', 'Basel') }, '?dryRun=true');
    expect(dry).toMatchObject({ status: 200, body: { matches: { count: 2, complete: true } } });
    const first = dry.body.matches.first.map(({ personId }: { personId: string }) => personId);
    expect(first.toSorted()).toEqual([bern.id, basel.id].toSorted());
    const listed = await call(`GET ${base}?q=${encodeURIComponent(name)}`, { as: bazaar.admin });
    expect(listed.body.items).toEqual([]);
    const made = await gather({ filters: located('Bern') });
    const wider = { filters: located('Bern', 'Nowhere', 'Basel') };
    const changed = await regather(made.body.id, wider, '?dryRun=true');
    expect(changed).toMatchObject({ status: 200, body: { ...wider, matches: { count: 2 } } });
    const renamed = await regather(made.body.id, { name: 'Dry' }, '?dryRun=true');
    expect(renamed.body).toMatchObject({ name: 'Dry', matches: { count: 1 } });
    expect((await read(made.body.id)).body).toEqual(made.body);
    const nobody = await gather({ filters: located('Nowhere') }, '?dryRun=true');
    expect(nobody.body.code).toBe('marketplaces.matches_nobody');
    const meant = await gather({ filters: located('Nowhere'), allowEmpty: true }, '?dryRun=true');
    expect(meant.body.matches).toEqual({ count: 0, complete: true, first: [], unknownAttributes: [] });
  });

  it('is part of a preview', async () => {
    const made = await gather({ filters: located('Bern') });
    const line = `POST /v1/customers/${bazaar.id}/marketplace-previews`;
    const body = { dynamicGroups: [made.body.id], people: [basel.id] };
    expect((await call(line, { as: bazaar.admin, body })).body.count).toBe(2);
  });

  it('shows its members page by page, users too', async () => {
    const filters = [
      { all: [{ attribute: 'location', op: 'EQUALS', values: ['Bern'] }] },
      { all: [{ attribute: 'location', op: 'EQUALS', values: ['Basel'] }] },
      { all: [{ attribute: 'userName', op: 'STARTS_WITH', values: ['m'] }] },
    ];
    const made = await gather({ filters, allowEmpty: true });
    const path = `GET ${base}/${made.body.id}/members?limit=1`;
    const page = await call(path, { as: bazaar.admin });
    expect(page.body.items).toEqual([{ personId: bern.id, name: 'Somebody', source: 'DIRECTORY' }]);
    const next = await call(`${path}&cursor=${page.body.nextCursor}`, { as: bazaar.admin });
    expect(next.body.items.map(({ personId }: { personId: string }) => personId)).toEqual([basel.id]);
    expect(await membersOf(made.body.id)).toEqual([bern.id, basel.id].toSorted());
    const elsewhere = `${path.replace('limit=1', 'limit=2')}&cursor=${page.body.nextCursor}x`;
    expect((await call(elsewhere, { as: bazaar.admin })).status).toBe(400);
  });
});

describe('refusals', () => {
  it('filters that match nobody, unknown attributes, and no filters at all', async () => {
    const nobody = await gather({ filters: located('Nowhere') });
    expect(nobody).toMatchObject({ status: 422, body: { code: 'marketplaces.matches_nobody' } });
    expect(nobody.body.errors[0].pointer).toBe('#/filters/0');
    const shoes = [{ all: [{ attribute: 'shoeSize', op: 'PRESENT' }] }];
    const strange = await gather({ filters: shoes });
    expect(strange).toMatchObject({ status: 422, body: { code: 'marketplaces.attribute_unknown' } });
    expect(strange.body.errors[0].pointer).toBe('#/filters/0/all/0/attribute');
    const made = await gather({ filters: located('Bern') });
    expect((await regather(made.body.id, { filters: shoes })).body.code).toBe(
      'marketplaces.attribute_unknown',
    );
    expect((await regather(made.body.id, { filters: located('Nowhere') })).body.code).toBe(
      'marketplaces.matches_nobody',
    );
    expect((await read(made.body.id)).body).toEqual(made.body);
    for (const [body, pointer] of [
      [{}, '#/filters'],
      [{ filters: [] }, '#/filters'],
      [{ filters: located('Bern'), colour: 'red' }, '#/colour'],
      [{ filters: [{ all: [] }] }, '#/filters/0/all'],
    ] as const) {
      const answer = await gather(body);
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
    }
  });

  it('a group that a marketplace names is not deleted, and which ones do is said', async () => {
    const made = await gather({ filters: located('Bern') });
    const market = await open({ dynamicGroups: [made.body.id] });
    const gone = () => call(`DELETE ${base}/${made.body.id}`, { as: bazaar.admin, headers: any });
    expect(await gone()).toMatchObject({
      status: 409,
      body: { code: 'dynamic_groups.in_use', marketplaces: [market.body.id] },
    });
    expect(await seenBy(bern.as)).toEqual([item]);
    await rearrange(market.body.id, { dynamicGroups: [] });
    expect((await gone()).status).toBe(204);
    await close(market.body.id);
  });

  it('a marketplace names groups of its customer, and no others', async () => {
    const other = await openBazaar(msp, 1);
    const theirs = await call(`POST /v1/customers/${other.id}/dynamic-groups`, {
      as: other.admin,
      body: { name: 'Theirs', filters: [{ all: [{ attribute: 'company', op: 'PRESENT' }] }] },
    });
    const refused = { status: 422, body: { code: 'marketplaces.dynamic_group_unknown' } };
    const named = { dynamicGroups: [theirs.body.id] };
    const sent = await open(named);
    expect(sent).toMatchObject(refused);
    expect(sent.body.errors).toEqual([{ pointer: '#/dynamicGroups/0', message: 'is no group here' }]);
    const market = await open({});
    expect(await rearrange(market.body.id, named)).toMatchObject(refused);
    const line = `POST /v1/customers/${bazaar.id}/marketplace-previews`;
    expect(await call(line, { as: bazaar.admin, body: named })).toMatchObject(refused);
    for (const rest of ['', '/members']) {
      const asked = await call(`GET ${base}/${theirs.body.id}${rest}`, { as: bazaar.admin });
      expect(asked.status).toBe(404);
    }
    await close(market.body.id);
  });

  it('suppliers and asset managers change what they created, and no more', async () => {
    const [asset, supplier] = await Promise.all([
      enlist(msp.id, ['ASSET_MANAGER']),
      enlist(msp.id, ['INTERNAL_SUPPLIER']),
    ]);
    const { id } = (await gather({ filters: located('Bern') }, '', asset)).body;
    expect((await regather(id, { name: 'Mine' }, '', asset)).status).toBe(200);
    const refused = { status: 403, body: { code: 'dynamic_groups.not_yours' } };
    expect(await regather(id, { name: 'Yours' }, '', supplier)).toMatchObject(refused);
    expect(await call(`DELETE ${base}/${id}`, { as: supplier, headers: any })).toMatchObject(refused);
    expect((await regather(id, { name: 'Ours' }, '', msp.catalog)).status).toBe(200);
  });

  it('a customer has at most 100 of them', async () => {
    const other = await openBazaar(msp, 1);
    const settings = await settingsOf(other.id);
    await commit([altered(other.id, settings, { dynamicGroups: 100 })], randomUUID(), Date.now() + 5000);
    const body = { name: 'One more', filters: [{ all: [{ attribute: 'company', op: 'PRESENT' }] }] };
    const refused = await call(`POST /v1/customers/${other.id}/dynamic-groups`, { as: other.admin, body });
    expect(refused).toMatchObject({ status: 409, body: { code: 'dynamic_groups.too_many' } });
  });
});

describe('at once', () => {
  it('a group that is deleted while a marketplace comes to name it is either gone or named, never both', async () => {
    for (let round = 0; round < 6; round++) {
      const { id } = (await gather({ filters: located('Bern') })).body;
      const [gone, named] = await Promise.all([
        call(`DELETE ${base}/${id}`, { as: bazaar.admin, headers: any }),
        call(`POST ${markets}`, { as: bazaar.admin, body: { name: 'Racing', dynamicGroups: [id] } }),
      ]);
      expect([
        [204, 422],
        [409, 202],
      ]).toContainEqual([gone.status, named.status]);
      if (named.status === 202) await close(named.body.id);
    }
  });

  it('a change of a group and a marketplace that names it meanwhile see each other', async () => {
    const { id } = (await gather({ filters: located('Bern') })).body;
    const made = { operationId: newId('operation', Date.now()), now: new Date().toISOString() };
    const scope = { actor: { id: bazaar.admin.person }, roles: ['CUSTOMER_ADMINISTRATOR'] } as never;
    const { before, settings } = await groupAndSettings(bazaar.id, id);
    if (!before) throw new Error('There is no group');
    const found = { settings, census: { empty: [], strange: [] }, matches: undefined };
    const change = { filters: located('Basel') as never, allowEmpty: false };
    const late = [
      changeDynamicGroup(scope, { before, change, found }, made),
      changeDynamicGroup(scope, { before, change: { name: 'Late', allowEmpty: false }, found }, made),
      deleteDynamicGroup(scope, { before, settings, named: [] }),
    ];
    const everyone = await open({ everyone: true, dynamicGroups: [id] });
    for (const { writes } of late) {
      await expect(commit(writes, randomUUID(), Date.now() + 5000)).rejects.toBeInstanceOf(LostRace);
    }
    expect((await read(id)).body.marketplaces).toBe(1);
    await close(everyone.body.id);
  });

  it('filters that change while a marketplace comes to name the group reach everybody all the same', async () => {
    for (let round = 0; round < 4; round++) {
      const { id } = (await gather({ filters: located('Bern') })).body;
      const [changed, named] = await Promise.all([
        regather(id, { filters: located('Basel') }),
        call(`POST ${markets}`, {
          as: bazaar.admin,
          body: { name: 'Racing', dynamicGroups: [id], items: [item] },
        }),
      ]);
      expect([
        [200, 202],
        [202, 202],
      ]).toContainEqual([changed.status, named.status]);
      await deliver(msp.id, bazaar.id);
      expect([await seenBy(bern.as), await seenBy(basel.as)]).toEqual([[], [item]]);
      await close(named.body.id);
    }
  });

  it('a group that cannot be read keeps nobody from other marketplaces, and is told to operators', async () => {
    const [broken, whole] = [
      await gather({ filters: located('Bern') }),
      await gather({ filters: located('Bern') }),
    ];
    const [one, two] = [
      await open({ dynamicGroups: [broken.body.id] }),
      await open({ dynamicGroups: [whole.body.id] }),
    ];
    const had = (await rowOf(bazaar.id, bern.id))?.markets as number[];
    expect(had).toHaveLength(2);
    const key = dynamicGroupKey(bazaar.id, broken.body.id);
    const stored = (await get(key, true)) as { PK: string; SK: string; version: number };
    const version = stored.version + 1;
    const spoilt = { ...stored, filters: [{ any: 'thing' }], version };
    await commit([{ do: 'replace', version: stored.version, item: spoilt }], randomUUID(), Date.now() + 5000);
    const known = new Set((await announcedBy(msp.id)).map(({ id }) => id));
    const path = `/v1/companies/${bazaar.companyId}/people/${bern.id}`;
    await call(`PATCH ${path}`, { as: msp.catalog, headers: any, body: { location: 'Chur' } });
    const fresh = (await announcedBy(msp.id)).filter(({ id }) => !known.has(id));
    const outcomes = await Promise.allSettled(fresh.map(react));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected']);
    expect((await rowOf(bazaar.id, bern.id))?.markets).toEqual(had.slice(0, 1));
    const asked = await call(`GET /v1/people/${bern.id}/entitlements`, { as: bazaar.admin });
    expect(asked.body.items[0].because[0].matched).toBeNull();
    const refused = { status: 409, body: { code: 'dynamic_groups.unreadable' } };
    const its = `${base}/${broken.body.id}`;
    for (const line of [`GET ${its}`, `GET ${its}/members`, `DELETE ${its}`]) {
      expect(await call(line, { as: bazaar.admin, headers: any })).toMatchObject(refused);
    }
    expect(await regather(broken.body.id, { name: 'Mended' })).toMatchObject(refused);
    const mended = { ...stored, version: version + 1 };
    await commit([{ do: 'replace', version, item: mended }], randomUUID(), Date.now() + 5000);
    await deliver(msp.id, bazaar.id);
    for (const { body } of [one, two]) await close(body.id);
    expect((await rowOf(bazaar.id, bern.id))?.markets).toEqual([]);
  });
});

it('is gone with its customer', async () => {
  const other = await openBazaar(msp, 1);
  const body = { name: 'All', filters: [{ all: [{ attribute: 'company', op: 'PRESENT' }] }] };
  const path = `/v1/customers/${other.id}`;
  const { id } = (await call(`POST ${path}/dynamic-groups`, { as: other.admin, body })).body;
  const named = { name: 'M', dynamicGroups: [id] };
  await call(`POST ${path}/marketplaces`, { as: other.admin, body: named });
  await deliver(other.id, msp.id);
  const gone = await call(`DELETE ${path}`, { as: msp.catalog, headers: any });
  expect(gone.status, JSON.stringify(gone.body)).toBe(204);
  await deliver(other.id);
  expect(await get(dynamicGroupKey(other.id, id), true)).toBeUndefined();
});
