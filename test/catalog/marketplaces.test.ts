import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../lib/kit/permission.ts';
import { deliver } from '../kit/deliver.ts';
import { type Caller, call, enlist, type Msp, makeMsp } from '../kit/world.ts';
import {
  addPerson,
  allOf,
  any,
  type Bazaar,
  openBazaar,
  plantAssignment,
  plantItem,
  rowOf,
  type Somebody,
  seenBy,
  unplantAssignment,
} from './bazaar.ts';

let msp: Msp;
let bazaar: Bazaar;
let [sales, support, driver] = [] as unknown as [Somebody, Somebody, Somebody];
let items: string[];
let base: string;
beforeAll(async () => {
  msp = await makeMsp();
  bazaar = await openBazaar(msp);
  base = `/v1/customers/${bazaar.id}/marketplaces`;
  sales = await addPerson(msp, bazaar, { organization: 'Sales', department: 'North', location: 'Bern' });
  support = await addPerson(msp, bazaar, { organization: 'Support', attributes: { costCenter: '4711' } });
  driver = await addPerson(msp, bazaar, { organization: 'sales', location: 'Basel' });
  await deliver(msp.id, bazaar.id);
  items = [];
  for (let at = 0; at < 4; at++) {
    const id = await plantItem(msp);
    await plantAssignment(bazaar.id, id);
    items.push(id);
  }
});

const open = async (body: Record<string, unknown>, as: Caller = bazaar.admin) => {
  const made = await call(`POST ${base}`, {
    as,
    body: { name: `Market ${randomUUID().slice(0, 6)}`, ...body },
  });
  await deliver(msp.id, bazaar.id);
  return made;
};
const change = async (id: string, body: Record<string, unknown>, as: Caller = bazaar.admin) => {
  const answer = await call(`PATCH ${base}/${id}`, { as, body, headers: any });
  await deliver(msp.id, bazaar.id);
  return answer;
};
const close = async (id: string) => {
  await call(`DELETE ${base}/${id}`, { as: bazaar.admin, headers: any });
  await deliver(msp.id, bazaar.id);
};
const all = (...conditions: Record<string, unknown>[]) => ({ all: conditions });

describe('a marketplace', () => {
  it('for everyone gives its items to everyone at once', async () => {
    const made = await open({ everyone: true, items: [items[0]] });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(`${base}/${made.body.id}`);
    expect(await seenBy(sales.as)).toEqual([items[0]]);
    expect(await seenBy(bazaar.admin)).toEqual([items[0]]);
    await close(made.body.id);
    expect(await seenBy(sales.as)).toEqual([]);
  });

  it('for some gives its items to them alone, when its operation has come to them', async () => {
    const made = await open({ people: [sales.id], items: [items[0], items[1]] });
    expect(made.status).toBe(202);
    const told = await call(`GET ${made.headers.location}`, { as: bazaar.admin });
    expect(told.body).toMatchObject({
      type: 'MARKETPLACE',
      state: 'Provisioned',
      done: 6,
      total: 6,
      changed: 1,
    });
    expect(await seenBy(sales.as)).toEqual([items[0], items[1]]);
    expect(await seenBy(support.as)).toEqual([]);
    await close(made.body.id);
    expect((await rowOf(bazaar.id, sales.id))?.markets).toEqual([]);
  });

  it.each([
    ['the company', { organization: null }, ['sales', 'support', 'driver']],
    ['an organization, whatever the case', { organization: 'SALES' }, ['sales', 'driver']],
    ['a department', { organization: 'Sales', department: 'north' }, ['sales']],
  ])('includes %s', async (_, group, expected) => {
    const made = await open({ groups: [group], items: [items[2]] });
    const who = { sales, support, driver };
    for (const [name, one] of Object.entries(who)) {
      expect([name, await seenBy(one.as)]).toEqual([name, expected.includes(name) ? [items[2]] : []]);
    }
    await close(made.body.id);
  });

  it.each([
    ['EQUALS', all({ attribute: 'location', op: 'EQUALS', values: ['bern'] }), ['sales']],
    ['ONE_OF', all({ attribute: 'location', op: 'ONE_OF', values: ['Bern', 'Basel'] }), ['sales', 'driver']],
    ['STARTS_WITH', all({ attribute: 'location', op: 'STARTS_WITH', values: ['B'] }), ['sales', 'driver']],
    ['PRESENT', all({ attribute: 'costCenter', op: 'PRESENT' }), ['support']],
    [
      'all of several',
      all(
        { attribute: 'organization', op: 'EQUALS', values: ['Sales'] },
        { attribute: 'location', op: 'EQUALS', values: ['Basel'] },
      ),
      ['driver'],
    ],
  ])('includes who passes a filter: %s', async (_, filter, expected) => {
    const made = await open({ filters: [filter], items: [items[2]] });
    expect(made.status, JSON.stringify(made.body)).toBe(202);
    const who = { sales, support, driver };
    for (const [name, one] of Object.entries(who)) {
      expect([name, await seenBy(one.as)]).toEqual([name, expected.includes(name) ? [items[2]] : []]);
    }
    await close(made.body.id);
  });

  it('follows people who change, come and move', async () => {
    const filter = all({ attribute: 'location', op: 'EQUALS', values: ['Chur'] });
    const made = await open({ filters: [filter], items: [items[3]], allowEmpty: true });
    const one = await addPerson(msp, bazaar, { location: 'Chur' });
    await deliver(msp.id, bazaar.id);
    expect(await seenBy(one.as)).toEqual([items[3]]);
    const path = `/v1/companies/${bazaar.companyId}/people/${one.id}`;
    await call(`PATCH ${path}`, { as: msp.catalog, headers: any, body: { location: 'Genf' } });
    await deliver(msp.id, bazaar.id);
    expect(await seenBy(one.as)).toEqual([]);
    await close(made.body.id);
  });

  it('follows the company’s name where a filter asks for it', async () => {
    const name = `Renamed ${randomUUID().slice(0, 8)}`;
    const filters = [all({ attribute: 'company', op: 'EQUALS', values: [name] })];
    const made = await open({ filters, items: [items[3]], allowEmpty: true });
    expect(await seenBy(sales.as)).toEqual([]);
    await call(`PATCH /v1/companies/${bazaar.companyId}`, { as: msp.catalog, headers: any, body: { name } });
    await deliver(msp.id, bazaar.id);
    expect(await seenBy(sales.as)).toEqual([items[3]]);
    await close(made.body.id);
  });

  it('is renamed without anything else, changes hands, and turns to everyone and back', async () => {
    const made = await open({ people: [sales.id], items: [items[0]] });
    const { id } = made.body;
    expect((await change(id, { name: 'Renamed' })).status).toBe(200);
    expect((await call(`GET ${base}?q=rena`, { as: bazaar.admin })).body.items).toEqual([
      { id, name: 'Renamed' },
    ]);
    await change(id, { people: [support.id], items: [items[1]] });
    expect([await seenBy(sales.as), await seenBy(support.as)]).toEqual([[], [items[1]]]);
    await change(id, { everyone: true });
    expect([await seenBy(sales.as), await seenBy(support.as)]).toEqual([[items[1]], [items[1]]]);
    await change(id, { everyone: false });
    expect([await seenBy(sales.as), await seenBy(support.as)]).toEqual([[], [items[1]]]);
    const same = await change(id, { everyone: false });
    expect(same.status).toBe(200);
    const read = await call(`GET ${base}/${id}`, { as: bazaar.admin });
    expect(read.body).toMatchObject({
      name: 'Renamed',
      people: [support.id],
      items: [items[1]],
      everyone: false,
    });
    await close(id);
    expect((await call(`GET ${base}/${id}`, { as: bazaar.admin })).status).toBe(404);
  });

  it('previews whom it would have', async () => {
    const filters = [
      all({ attribute: 'location', op: 'STARTS_WITH', values: ['b'] }),
      all({ attribute: 'nowhere', op: 'PRESENT' }),
    ];
    const { status, body } = await call(`POST /v1/customers/${bazaar.id}/marketplace-previews`, {
      as: bazaar.admin,
      body: { filters, people: [support.id] },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 3, complete: true, unknownAttributes: ['nowhere'] });
    expect(body.first.map(({ personId }: { personId: string }) => personId).toSorted()).toEqual(
      [sales.id, support.id, driver.id].toSorted(),
    );
  });

  it('tells who people are to those only who may know what people see', async () => {
    const filters = [all({ attribute: 'location', op: 'PRESENT' })];
    const shown = async (role: Role, home = msp.id) => {
      const as = await enlist(home, [role]);
      const previews = `POST /v1/customers/${bazaar.id}/marketplace-previews`;
      const groups = `/v1/customers/${bazaar.id}/dynamic-groups`;
      const body = { name: 'Somewhere', filters };
      const dry = await call(`POST ${groups}?dryRun=true`, { as, body });
      const { id } = (await call(`POST ${groups}`, { as: bazaar.admin, body })).body;
      const members = await call(`GET ${groups}/${id}/members`, { as });
      const preview = await call(previews, { as, body: { filters } });
      const first = [preview, dry].map(({ body }) => (body.matches ?? body).first?.length);
      return [preview.status, dry.status, members.status, ...first.map((one) => one && one > 0)];
    };
    expect(await shown('INTERNAL_SUPPLIER')).toEqual([200, 200, 200, true, true]);
    expect(await shown('ASSET_MANAGER')).toEqual([200, 200, 403, 0, 0]);
    expect(await shown('MSP_OPERATOR')).toEqual([403, 403, 403, undefined, undefined]);
    expect(await shown('CUSTOMER_OPERATOR', bazaar.id)).toEqual([403, 403, 403, undefined, undefined]);
  });
});

describe('refusals', () => {
  it('filters that match nobody, and attributes that nobody has, are named', async () => {
    const nobody = await open({
      filters: [all({ attribute: 'location', op: 'EQUALS', values: ['Nowhere'] })],
    });
    expect(nobody).toMatchObject({ status: 422, body: { code: 'marketplaces.matches_nobody' } });
    expect(nobody.body.errors[0].pointer).toBe('#/filters/0');
    const group = await open({ groups: [{ organization: 'Nowhere' }] });
    expect(group.body).toMatchObject({
      code: 'marketplaces.matches_nobody',
      errors: [{ pointer: '#/groups/0' }],
    });
    const strange = await open({ filters: [all({ attribute: 'shoeSize', op: 'PRESENT' })] });
    expect(strange).toMatchObject({ status: 422, body: { code: 'marketplaces.attribute_unknown' } });
    expect(strange.body.errors[0].pointer).toBe('#/filters/0/all/0/attribute');
    const made = await open({});
    const later = { filters: [all({ attribute: 'shoeSize', op: 'PRESENT' })] };
    expect((await change(made.body.id, later)).body.code).toBe('marketplaces.attribute_unknown');
    const none = { groups: [{ organization: 'Nowhere' }] };
    expect((await change(made.body.id, none)).body.code).toBe('marketplaces.matches_nobody');
    expect((await change(made.body.id, { ...later, allowEmpty: true })).status).toBe(202);
    await close(made.body.id);
  });

  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'])(
    'the attribute %s is one like others: nobody has it until somebody does',
    async (attribute) => {
      const filters = [all({ attribute, op: 'PRESENT' })];
      const preview = () =>
        call(`POST /v1/customers/${bazaar.id}/marketplace-previews`, { as: bazaar.admin, body: { filters } });
      expect(await preview()).toMatchObject({
        status: 200,
        body: { count: 0, unknownAttributes: [attribute] },
      });
      const unknown = { status: 422, body: { code: 'marketplaces.attribute_unknown' } };
      expect(await open({ filters })).toMatchObject(unknown);
      const made = await open({ filters, allowEmpty: true });
      expect(made.status).toBe(202);
      const more = [...filters, all({ attribute, op: 'EQUALS', values: ['one'] })];
      expect(await change(made.body.id, { filters: more })).toMatchObject(unknown);
      const fresh = await addPerson(msp, bazaar, { attributes: { [attribute]: 'one' } });
      await deliver(msp.id, bazaar.id);
      expect((await rowOf(bazaar.id, fresh.id))?.markets).toHaveLength(1);
      expect((await preview()).body).toMatchObject({ count: 1, unknownAttributes: [] });
      await call(`DELETE /v1/companies/${bazaar.companyId}/people/${fresh.id}`, {
        as: msp.catalog,
        headers: any,
      });
      await close(made.body.id);
      expect(await rowOf(bazaar.id, fresh.id)).toBeUndefined();
    },
  );

  it('a list that names somebody who left, and a filter that nobody passes any more, can still be changed', async () => {
    const leaver = await addPerson(msp, bazaar, { organization: 'Leaving', location: 'Chur' });
    await deliver(msp.id, bazaar.id);
    const filters = [all({ attribute: 'location', op: 'EQUALS', values: ['Chur'] })];
    const groups = [{ organization: 'Leaving' }];
    const made = await open({ people: [leaver.id, sales.id], filters, groups });
    const left = `DELETE /v1/companies/${bazaar.companyId}/people/${leaver.id}`;
    expect((await call(left, { as: msp.catalog, headers: any })).status).toBe(204);
    await deliver(msp.id, bazaar.id);
    const { id } = made.body;
    const more = [all({ attribute: 'location', op: 'EQUALS', values: ['Bern'] })];
    const body = {
      people: [leaver.id, sales.id, driver.id],
      filters: [...filters, ...more],
      groups: [{ organization: 'Sales' }, ...groups],
    };
    expect(await change(id, body)).toMatchObject({ status: 202, body: { people: body.people } });
    const stranger = await change(id, { people: [leaver.id, bazaar.id.replace('cus_', 'per_')] });
    expect(stranger.body.code).toBe('marketplaces.person_unknown');
    expect(stranger.body.errors).toMatchObject([{ pointer: '#/people/1' }]);
    const nobody = [all({ attribute: 'location', op: 'EQUALS', values: ['Rome'] })];
    const empty = await change(id, { filters: [...filters, ...nobody] });
    expect(empty.body.code).toBe('marketplaces.matches_nobody');
    expect(empty.body.errors).toMatchObject([{ pointer: '#/filters/1' }]);
    await close(id);
  });

  it('no attribute is called __proto__', async () => {
    const body = { filters: [all({ attribute: '__proto__', op: 'PRESENT' })] };
    const asked = await call(`POST /v1/customers/${bazaar.id}/marketplace-previews`, {
      as: bazaar.admin,
      body,
    });
    expect(asked).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/filters/0/all/0/attribute' }] },
    });
  });

  it('people of others, and items that the customer has not', async () => {
    const other = await openBazaar(msp, 1);
    const [stranger] = other.people;
    const people = await open({ people: [sales.id, stranger?.id] });
    expect(people).toMatchObject({ status: 422, body: { code: 'marketplaces.person_unknown' } });
    expect(people.body.errors).toEqual([{ pointer: '#/people/1', message: 'is no end user here' }]);
    const item = await plantItem(msp);
    const missing = await open({ items: [items[0], item] });
    expect(missing).toMatchObject({
      status: 409,
      body: { code: 'marketplaces.item_not_assigned', items: [item] },
    });
    const made = await open({});
    expect((await change(made.body.id, { items: [item] })).body.code).toBe('marketplaces.item_not_assigned');
    expect((await change(made.body.id, { people: [stranger?.id] })).body.code).toBe(
      'marketplaces.person_unknown',
    );
    await close(made.body.id);
  });

  it('suppliers and asset managers change what they created, and no more', async () => {
    const [asset, supplier] = await Promise.all([
      enlist(msp.id, ['ASSET_MANAGER']),
      enlist(msp.id, ['INTERNAL_SUPPLIER']),
    ]);
    const made = await open({}, asset);
    expect(made.status).toBe(201);
    expect((await change(made.body.id, { name: 'Mine' }, asset)).status).toBe(200);
    const refused = await change(made.body.id, { name: 'Yours' }, supplier);
    expect(refused).toMatchObject({ status: 403, body: { code: 'marketplaces.not_yours' } });
    const gone = await call(`DELETE ${base}/${made.body.id}`, { as: supplier, headers: any });
    expect(gone.body.code).toBe('marketplaces.not_yours');
    expect((await change(made.body.id, { name: 'Ours' }, msp.catalog)).status).toBe(200);
    expect((await change(made.body.id, { name: 'Theirs' })).status).toBe(200);
    const both = await enlist(msp.id, ['ASSET_MANAGER', 'CATALOG_ADMINISTRATOR']);
    expect((await change(made.body.id, { name: 'All' }, both)).status).toBe(200);
    await close(made.body.id);
  });

  it('wrong conditions name their place', async () => {
    for (const [condition, pointer] of [
      [{ attribute: 'location', op: 'EQUALS', values: ['a', 'b'] }, '#/filters/0/all/0/values'],
      [{ attribute: 'location', op: 'PRESENT', values: ['a'] }, '#/filters/0/all/0/values'],
      [{ attribute: 'lo cation', op: 'PRESENT' }, '#/filters/0/all/0/attribute'],
      [{ attribute: 'location', op: 'LIKE', values: ['a'] }, '#/filters/0/all/0/op'],
    ] as const) {
      const answer = await open({ filters: [all(condition)] });
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
    }
    for (const group of [{}, { department: null }])
      expect((await open({ groups: [group] })).body.errors[0].pointer).toBe('#/groups/0/organization');
    const north = { organization: null, department: 'North' };
    expect((await open({ groups: [north] })).body.errors[0].pointer).toBe('#/groups/0/department');
  });
});

describe('full view and the restricted list', () => {
  const view = `/v1/customers/`;
  const set = async (on: boolean) => {
    const answer = await call(`PUT ${view}${bazaar.id}/full-view`, {
      as: msp.catalog,
      headers: any,
      body: { on },
    });
    await deliver(msp.id, bazaar.id);
    return answer;
  };

  it('opens everything but what is restricted, which a marketplace still gives; badges what a marketplace gives', async () => {
    const made = await open({ people: [sales.id], items: [items[0], items[1]] });
    expect((await set(true)).body).toEqual({ on: true, operationId: null });
    expect((await set(true)).status).toBe(200);
    expect(await seenBy(support.as)).toEqual(items);
    const restricted = `/v1/customers/${bazaar.id}/restricted-items`;
    expect((await call(`PUT ${restricted}/${items[0]}`, { as: msp.catalog })).status).toBe(200);
    expect((await call(`PUT ${restricted}/${items[2]}`, { as: msp.catalog })).status).toBe(200);
    expect(
      (await call(`GET ${restricted}`, { as: bazaar.admin })).body.items.map(({ id }: { id: string }) => id),
    ).toEqual([items[0], items[2]]);
    expect(await seenBy(support.as)).toEqual([items[1], items[3]]);
    expect(await seenBy(sales.as)).toEqual([items[0], items[1], items[3]]);
    const shown = (await call('GET /v1/catalogue', { as: sales.as })).body.items;
    expect(shown.map(({ preferred }: { preferred: boolean }) => preferred)).toEqual([true, true, false]);
    const later = await plantItem(msp);
    await plantAssignment(bazaar.id, later);
    expect(await seenBy(support.as)).toContain(later);
    await unplantAssignment(bazaar.id, later);
    expect((await call(`DELETE ${restricted}/${items[0]}`, { as: msp.catalog })).status).toBe(204);
    expect((await call(`DELETE ${restricted}/${items[2]}`, { as: msp.catalog })).status).toBe(204);
    expect(await seenBy(support.as)).toEqual(items);
    await set(false);
    expect((await call(`GET /v1/customers/${bazaar.id}/full-view`, { as: bazaar.admin })).body.on).toBe(
      false,
    );
    expect(await seenBy(support.as)).toEqual([]);
    await close(made.body.id);
    expect((await call(`PUT ${restricted}/${later}`, { as: msp.catalog })).status).toBe(404);
  });

  it('switches many items in the background, and puts many into a marketplace', async () => {
    const big = await openBazaar(msp, 2);
    const [, one] = big.people as [Somebody, Somebody];
    const many = await Promise.all(Array.from({ length: 120 }, () => plantItem(msp)));
    await Promise.all(many.map((id) => plantAssignment(big.id, id)));
    const answer = await call(`PUT /v1/customers/${big.id}/full-view`, {
      as: msp.catalog,
      headers: any,
      body: { on: true },
    });
    expect(answer.status).toBe(202);
    await deliver(big.id);
    expect(await seenBy(one.as)).toHaveLength(120);
    const told = await call(`GET ${answer.headers.location}`, { as: msp.catalog });
    expect(told.body).toMatchObject({ type: 'FULL_VIEW', state: 'Provisioned', done: 120, changed: 120 });
    await call(`PUT /v1/customers/${big.id}/full-view`, {
      as: msp.catalog,
      headers: any,
      body: { on: false },
    });
    const body = { name: 'Big', people: [one.id], items: many };
    const made = await call(`POST /v1/customers/${big.id}/marketplaces`, { as: big.admin, body });
    expect(made.status).toBe(202);
    await deliver(msp.id, big.id);
    expect(await seenBy(one.as)).toHaveLength(120);
    const told2 = await call(`GET ${made.headers.location}`, { as: big.admin });
    expect(told2.body).toMatchObject({ state: 'Provisioned', done: 122, changed: 121 });
    const gone = await call(`DELETE /v1/customers/${big.id}/marketplaces/${made.body.id}`, {
      as: big.admin,
      headers: any,
    });
    expect([gone.status, typeof gone.headers.location]).toEqual([204, 'string']);
    await deliver(msp.id, big.id);
    expect(await seenBy(one.as)).toEqual([]);
    const shelves = await allOf(big.id, 'ASSIGNED');
    expect(shelves.every((shelf) => String(shelf.markets) === '')).toBe(true);
  });
});

describe('why somebody sees something', () => {
  it('is told with names and rules, to their administrator and from above', async () => {
    const made = await open({ groups: [{ organization: 'Sales' }], items: [items[0]] });
    const path = `GET /v1/people/${sales.id}/entitlements`;
    const own = await call(path, { as: bazaar.admin });
    expect(own.body).toMatchObject({
      personId: sales.id,
      customerId: bazaar.id,
      enrolled: true,
      signsIn: true,
    });
    expect(own.body.items[0]).toMatchObject({
      itemId: items[0],
      sees: true,
      published: true,
      restricted: false,
      because: [
        {
          by: 'MARKETPLACE',
          marketplaceId: made.body.id,
          name: made.body.name,
          matched: { rule: 'GROUP', group: { organization: 'Sales', department: null } },
        },
      ],
    });
    expect(own.body.items[1]).toMatchObject({ sees: false, because: [] });
    const above = await call(`${path}?customerId=${bazaar.id}`, { as: msp.catalog });
    expect(above.body).toEqual(own.body);
    const unnamed = await call(path, { as: msp.catalog });
    expect(unnamed).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/query/customerId' }] } });
    const other = await makeMsp();
    expect((await call(`${path}?customerId=${bazaar.id}`, { as: other.catalog })).status).toBe(404);
    const neighbour = await openBazaar(msp, 1);
    expect((await call(`${path}?customerId=${bazaar.id}`, { as: neighbour.admin })).status).toBe(404);
    expect((await call(path, { as: neighbour.admin })).status).toBe(404);
    await close(made.body.id);
  });

  it('is told of what is not published too', async () => {
    const draft = await plantItem(msp);
    await plantAssignment(bazaar.id, draft);
    const made = await open({ everyone: true, items: [draft] });
    expect(await seenBy(sales.as)).toContain(draft);
    const { body } = await call(`GET /v1/catalogue/${draft}`, { as: sales.as });
    expect(body).toMatchObject({ id: draft, costs: { unit: 'FREE', label: 'Free' }, preferred: false });
    expect((await call(`GET /v1/catalogue/${items[3]}`, { as: sales.as })).status).toBe(404);
    await close(made.body.id);
    await unplantAssignment(bazaar.id, draft);
  });
});
