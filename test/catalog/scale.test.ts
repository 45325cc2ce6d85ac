import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { workOn } from '../../functions/catalog/on-work-requested.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import { altered } from '../../lib/catalog/settings.ts';
import { settingsOf } from '../../lib/catalog/work-store.ts';
import { endUserItem } from '../../lib/kit/end-user.ts';
import { assignmentKey, companyGroupKey, personKey } from '../../lib/kit/keys.ts';
import { emailHash } from '../../lib/kit/membership.ts';
import type { Write } from '../../lib/kit/plan.ts';
import { listen, measure } from '../kit/cost.ts';
import { announcedBy, deliver } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import {
  allOf,
  any,
  type Bazaar,
  endUserOf,
  openBazaar,
  plantAssignment,
  plantItem,
  rowOf,
  seenBy,
} from './bazaar.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

let msp: Msp;
beforeAll(async () => {
  listen();
  msp = await makeMsp();
});

/** People of a company with their rows, planted below the API, some tens at once; every second one in Zug. */
async function plantPeople(bazaar: Bazaar, count: number, enrolled: boolean): Promise<string[]> {
  const ids: string[] = [];
  const writes = Array.from({ length: count }, (_, at): Write[] => {
    const id = newId('person', Date.now());
    const email = `${id.toLowerCase()}@many.example.com`;
    ids.push(id);
    const item = {
      ...personKey(msp.id, bazaar.companyId, id),
      ...{ kind: 'person', id, companyId: bazaar.companyId, name: `Person ${at}`, loginName: id },
      ...{ email, organization: null, department: null, location: at % 2 ? 'Zug' : 'Uri', state: 'ACTIVE' },
      ...{ attributes: { team: `T${at % 40}` }, version: 1, createdAt: new Date().toISOString() },
    };
    const { companyId } = bazaar;
    const row = {
      customerId: bazaar.id,
      id,
      source: 'DIRECTORY' as const,
      companyId,
      markets: [],
      version: 1,
    };
    const rows = enrolled ? [endUserItem({ ...row, signIn: emailHash(email) })] : [];
    return [item, ...rows].map((one) => ({ do: 'create', item: one }));
  });
  for (let at = 0; at < count; at += 50) {
    await commit(writes.slice(at, at + 50).flat(), randomUUID(), Date.now() + 5000);
  }
  const key = companyGroupKey(msp.id, bazaar.companyId);
  await commit([{ do: 'adjust', key, add: { members: count } }], randomUUID(), Date.now() + 5000);
  return ids;
}

async function populated(count: number, enrolled = false) {
  const bazaar = await openBazaar(msp, 1);
  const people = await plantPeople(bazaar, count, enrolled);
  if (!enrolled) {
    await call(`POST /v1/customers/${bazaar.id}/enrolments`, { as: bazaar.admin });
    await deliver(bazaar.id);
  }
  const itemId = await plantItem(msp);
  await plantAssignment(bazaar.id, itemId);
  return { bazaar, people, itemId };
}

const filter = (location: string) => [{ all: [{ attribute: 'location', op: 'EQUALS', values: [location] }] }];
const open = ({ bazaar, itemId }: Awaited<ReturnType<typeof populated>>, location: string) =>
  call(`POST /v1/customers/${bazaar.id}/marketplaces`, {
    as: bazaar.admin,
    body: { name: location, filters: filter(location), items: [itemId] },
  });

const askedOf = async ({ bazaar }: Awaited<ReturnType<typeof populated>>) =>
  (await announcedBy(bazaar.id)).findLast(({ type }) => type === 'catalog.work_requested.v1');

const change = ({ bazaar }: Awaited<ReturnType<typeof populated>>, groupId: string, location: string) =>
  call(`PATCH /v1/customers/${bazaar.id}/dynamic-groups/${groupId}`, {
    as: bazaar.admin,
    headers: any,
    body: { filters: filter(location) },
  });

/** Gives the item through a dynamic group in place of the marketplace's own filter. */
async function throughGroup({ bazaar }: Awaited<ReturnType<typeof populated>>): Promise<string> {
  const path = `/v1/customers/${bazaar.id}`;
  const as = bazaar.admin;
  const group = { name: 'Zug', filters: filter('Zug') };
  const { id } = (await call(`POST ${path}/dynamic-groups`, { as, body: group })).body;
  const [market] = (await call(`GET ${path}/marketplaces`, { as })).body.items;
  const body = { filters: [], dynamicGroups: [id] };
  await call(`PATCH ${path}/marketplaces/${market.id}`, { as, headers: any, body });
  await deliver(bazaar.id);
  return id;
}

/**
 * What it costs to decide what somebody may have, where it is decided: a page, an item, a request. Of it the check is
 * the share of the one thing that is read for it beside the caller: the item's assignment.
 */
async function figuresOf({ bazaar, people, itemId }: Awaited<ReturnType<typeof populated>>) {
  const as = endUserOf(msp, bazaar.id, { id: people.at(-1) ?? '', email: '' }).as;
  const check = await measure(() => get(assignmentKey(bazaar.id, itemId)));
  const page = await measure(() => call('GET /v1/catalogue', { as }));
  const one = await measure(() => call(`GET /v1/catalogue/${itemId}`, { as }));
  const order = await measure(() => call('POST /v1/requests', { as, body: { itemId } }));
  expect([page, one, order].map(({ result }) => result.status)).toEqual([200, 200, 201]);
  expect(page.result.body.items).toHaveLength(1);
  const read = { check: check.cost.read, page: page.cost.read, item: one.cost.read, order: order.cost.read };
  say(`${people.length} people: ${JSON.stringify(read)} RCU`);
  expect([page, order].map(({ cost }) => cost.reading)).toEqual([2, 1]);
  return read;
}

describe('10 and 10,000 people', () => {
  it('an entitlement is decided by one read of half a unit; a change that touches 5,000 of 10,000 people shows its progress, and goes on after a crash', async () => {
    const small = await populated(10);
    const started = Date.now();
    const large = await populated(10_000, true);
    say(`10,000 people planted in ${Date.now() - started} ms`);
    await open(small, 'Zug');
    await deliver(small.bazaar.id);

    const begun = Date.now();
    const made = await open(large, 'Zug');
    expect(made.status).toBe(202);
    const progress = async () =>
      (await call(`GET ${made.headers.location}`, { as: large.bazaar.admin })).body;
    expect(await progress()).toMatchObject({ state: 'Requested', done: 0, changed: 0 });
    const asked = await askedOf(large);
    const seen: number[] = [];
    // Each turn ends early, as a crash would end it: the next one takes it up from what is stored.
    for (let turn = 0; turn < 5; turn++) {
      await workOn(asked as never, 150);
      const { state, done, total, changed } = await progress();
      expect(state).toBe('InProgress');
      expect(total).toBe(10_001);
      seen.push(done);
      say(`in progress: ${done} of ${total} looked at, ${changed} changed`);
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    await deliver(large.bazaar.id);
    expect(await progress()).toMatchObject({ state: 'Provisioned', done: 10_001, changed: 5000 });
    say(`filter brought to 10,000 people in ${Date.now() - begun} ms`);
    const rows = await allOf(large.bazaar.id, 'END_USER');
    expect(rows.filter(({ markets }) => String(markets) === '1')).toHaveLength(5000);

    const costs = [await figuresOf(small), await figuresOf(large)];
    expect(costs[0]).toEqual(costs[1]);
    expect(costs[0]).toMatchObject({ check: 0.5 });

    const groups = [await throughGroup(small), await throughGroup(large)];
    expect(await figuresOf(large)).toEqual(await figuresOf(small));
    const changing = Date.now();
    const wider = await change(large, groups[1] ?? '', 'Uri');
    expect(wider.status).toBe(202);
    const work = async () => (await call(`GET ${wider.headers.location}`, { as: large.bazaar.admin })).body;
    await workOn((await askedOf(large)) as never, 150);
    expect(await work()).toMatchObject({ type: 'DYNAMIC_GROUP', state: 'InProgress', total: 10_001 });
    await deliver(large.bazaar.id);
    expect(await work()).toMatchObject({ state: 'Provisioned', done: 10_001, changed: 10_000 });
    say(`a group’s filter brought to 10,000 people in ${Date.now() - changing} ms`);
  });
});

it('nor does it cost more with 500 marketplaces', async () => {
  const all = await populated(2);
  const { bazaar, people, itemId } = all;
  const [one, many] = [[1], Array.from({ length: 500 }, (_, at) => at + 1)];
  /** Everybody in all of these marketplaces, which all hold the item, for its people or for everyone. */
  const give = async (markets: readonly number[], everyone: readonly number[]) => {
    const rows = await Promise.all(people.map((id) => rowOf(bazaar.id, id)));
    const item = await get(assignmentKey(bazaar.id, itemId), true);
    const changed = [{ ...item, markets, everyone }, ...rows.map((row) => ({ ...row, markets }))];
    const writes = changed.map((after) => {
      const { version } = after as unknown as { version: number };
      return { do: 'replace', version, item: { ...after, version: version + 1 } } as unknown as Write;
    });
    await commit(writes, randomUUID(), Date.now() + 5000);
  };
  await give(one, []);
  const few = await figuresOf(all);
  await give(many.slice(0, 250), many.slice(250));
  expect(await figuresOf(all)).toEqual(few);
  expect(few.check).toBe(0.5);
  await give([], many);
  expect(await figuresOf(all)).toEqual(few);
  await give(many, []);
  expect(await figuresOf(all)).toEqual(few);
});

it('1,000 people of a company are enrolled in the background, each with sign-in', async () => {
  const begun = Date.now();
  const { bazaar } = await populated(1000);
  const rows = await allOf(bazaar.id, 'END_USER');
  expect(rows.filter(({ signIn }) => signIn !== undefined)).toHaveLength(1001);
  say(`1,000 people planted and enrolled in ${Date.now() - begun} ms`);
});

it('of two changes at once the later one is what everybody has', async () => {
  const { bazaar, people, itemId } = await populated(150);
  const made = await open({ bazaar, people, itemId }, 'Zug');
  const id = made.body.id;
  const first = (await announcedBy(bazaar.id)).findLast(({ type }) => type === 'catalog.work_requested.v1');
  await workOn(first as never, -1);
  const changed = await call(`PATCH /v1/customers/${bazaar.id}/marketplaces/${id}`, {
    as: bazaar.admin,
    headers: any,
    body: { filters: filter('Uri') },
  });
  const second = (await announcedBy(bazaar.id)).findLast(({ type }) => type === 'catalog.work_requested.v1');
  await Promise.all([workOn(first as never, 60_000), workOn(second as never, 60_000)]);
  const told = await call(`GET ${made.headers.location}`, { as: bazaar.admin });
  expect(told.body).toMatchObject({ state: 'Provisioned' });
  expect(told.body.done).toBeLessThan(151);
  expect((await call(`GET ${changed.headers.location}`, { as: bazaar.admin })).body).toMatchObject({
    state: 'Provisioned',
    done: 151,
  });
  const rows = await allOf(bazaar.id, 'END_USER');
  const has = new Set(rows.filter(({ markets }) => String(markets) === '1').map(({ id: one }) => one));
  expect(people.map((one) => has.has(one))).toEqual(people.map((_, at) => at % 2 === 0));
});

it('an item taken from the customer is closed in all its marketplaces and to everybody at the next request', async () => {
  const { bazaar, people, itemId } = await populated(3);
  const others = { as: bazaar.admin, headers: any };
  const markets: string[] = [];
  for (const body of [{ everyone: true }, { people }, { filters: filter('Uri') }]) {
    const made = await call(`POST /v1/customers/${bazaar.id}/marketplaces`, {
      as: bazaar.admin,
      body: { name: 'M', ...body, items: [itemId] },
    });
    markets.push(made.body.id);
  }
  await deliver(bazaar.id);
  const callers = people.map((id) => endUserOf(msp, bazaar.id, { id, email: '' }).as);
  for (const as of callers) expect(await seenBy(as)).toEqual([itemId]);
  const taken = await call(`DELETE /v1/customers/${bazaar.id}/catalogue/items/${itemId}`, {
    as: msp.catalog,
    headers: any,
  });
  expect(taken.status).toBe(204);
  for (const as of callers) {
    expect(await seenBy(as)).toEqual([]);
    expect((await call(`GET /v1/catalogue/${itemId}`, { as })).status).toBe(404);
  }
  const listed = async () =>
    Promise.all(
      markets.map(
        async (id) => (await call(`GET /v1/customers/${bazaar.id}/marketplaces/${id}`, others)).body.items,
      ),
    );
  expect(await listed()).toEqual([[itemId], [itemId], [itemId]]);
  await plantAssignment(bazaar.id, itemId);
  for (const as of callers) expect(await seenBy(as)).toEqual([]);
  await deliver(bazaar.id);
  expect(await listed()).toEqual([[], [], []]);
});

it('a customer has at most 500 marketplaces', async () => {
  const { bazaar } = await populated(1);
  const settings = await settingsOf(bazaar.id);
  await commit([altered(bazaar.id, settings, { marketplaces: 500 })], randomUUID(), Date.now() + 5000);
  const refused = await call(`POST /v1/customers/${bazaar.id}/marketplaces`, {
    as: bazaar.admin,
    body: { name: 'One more' },
  });
  expect(refused).toMatchObject({ status: 409, body: { code: 'marketplaces.too_many' } });
});
