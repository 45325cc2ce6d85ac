import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { followPeople } from '../../functions/catalog/follow-people.ts';
import { commit, each } from '../../lib/aws/db.ts';
import { toAttributes } from '../../lib/aws/item.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Marketplace, marketplaceItem } from '../../lib/catalog/marketplace.ts';
import { altered } from '../../lib/catalog/settings.ts';
import { settingsOf } from '../../lib/catalog/work-store.ts';
import type { Envelope } from '../../lib/kit/event.ts';
import { partition } from '../../lib/kit/keys.ts';
import { plant } from '../every/planting.ts';
import { listen, measure, sizeOf } from '../kit/cost.ts';
import { announcedBy, deliver } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import { any, type Bazaar, openBazaar, plantAssignment, plantItem } from './bazaar.ts';

let msp: Msp;
beforeAll(async () => {
  listen();
  msp = await makeMsp();
});

const condition = (length: number) => ({
  attribute: 'location',
  op: 'ONE_OF' as const,
  values: Array.from({ length }, (_, at) => `${at} `.padEnd(90, 'x')),
});
const long = [{ all: [condition(20), condition(20), condition(20)] }];
const short = [{ all: [condition(20), condition(18)] }];
const refused = { status: 422, body: { code: 'marketplaces.rules_too_long' } };

it('groups and filters of a marketplace, or of a dynamic group, take 4 KB at most', async () => {
  const bazaar = await openBazaar(msp, 1);
  const send = (line: string, body: object) => {
    const [method, rest] = line.split(' ');
    return call(`${method} /v1/customers/${bazaar.id}/${rest}`, { as: bazaar.admin, headers: any, body });
  };
  const allowEmpty = true;
  for (const rest of ['marketplaces', 'dynamic-groups']) {
    expect(await send(`POST ${rest}`, { name: 'Long', filters: long, allowEmpty })).toMatchObject(refused);
    const made = await send(`POST ${rest}`, { name: 'Short', filters: short, allowEmpty });
    const one = `PATCH ${rest}/${made.body.id}`;
    expect(await send(one, { filters: long, allowEmpty })).toMatchObject(refused);
    expect((await send(one, { name: 'Renamed' })).status).toBe(200);
    if (rest === 'dynamic-groups') continue;
    const groups = Array.from({ length: 6 }, (_, at) => ({ organization: `${at}`.padEnd(70, 'y') }));
    expect(await send(one, { groups, allowEmpty })).toMatchObject(refused);
  }
  expect(await send('POST marketplace-previews', { filters: long })).toMatchObject(refused);
});

/** Marketplaces with rules as long as may be, below the API. */
async function plantMarkets({ id: customerId }: Bazaar, count: number): Promise<void> {
  const settings = await settingsOf(customerId);
  const one = (at: number): Marketplace => ({
    ...{ id: newId('marketplace', Date.now()), customerId, name: `Market ${at}`, everyone: false },
    ...{ people: [], groups: [], filters: short, dynamicGroups: [], items: [], createdBy: 'somebody' },
    ...{ createdAt: new Date().toISOString(), operationId: null, version: 1 },
    number: settings.nextNumber + at,
  });
  await plant(Array.from({ length: count }, (_, at) => marketplaceItem(one(at))));
  const more = { marketplaces: settings.marketplaces + count, nextNumber: settings.nextNumber + count };
  await commit([altered(customerId, settings, more)], randomUUID(), Date.now() + 5000);
}

it('what a person sees is explained without the rules of marketplaces that give nothing of the page', async () => {
  const bazaar = await openBazaar(msp, 2);
  const itemId = await plantItem(msp);
  await plantAssignment(bazaar.id, itemId);
  const person = bazaar.people[1]?.id ?? '';
  const body = { name: 'Giving', people: [person], items: [itemId] };
  const made = await call(`POST /v1/customers/${bazaar.id}/marketplaces`, { as: bazaar.admin, body });
  await deliver(bazaar.id);
  const explained = () => measure(() => call(`GET /v1/people/${person}/entitlements`, { as: bazaar.admin }));
  const before = await explained();
  await plantMarkets(bazaar, 60);
  const after = await explained();
  const because = [{ by: 'MARKETPLACE', marketplaceId: made.body.id, matched: { rule: 'PERSON' } }];
  for (const { result } of [before, after]) expect(result.body.items).toMatchObject([{ itemId, because }]);
  expect(after.cost.read - before.cost.read).toBeLessThan(4);
  expect(after.cost.reading).toBe(before.cost.reading);
});

it('a reaction to many people reads the rules of their customer once', async () => {
  const bazaar = await openBazaar(msp, 1);
  await plantMarkets(bazaar, 60);
  const [envelope] = await announcedBy(bazaar.id);
  const following = async (count: number) => {
    const people = Array.from({ length: count }, () => ({
      personId: newId('person', Date.now()),
      source: 'DIRECTORY' as const,
    }));
    const at = { customerId: bazaar.id, people };
    return (await measure(() => followPeople(envelope as Envelope, 'on-people-imported', at))).cost.read;
  };
  const [few, many] = [await following(24), await following(72)];
  expect(few).toBeGreaterThan(60);
  expect(many - few).toBeLessThan(2 * 24 * 2 + 20);
});

it('a look at everybody is eventually consistent', async () => {
  const bazaar = await openBazaar(msp, 1);
  const attributes = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`a${at}`, 'z'.repeat(90)]));
  const people = Array.from({ length: 100 }, (_, at) => ({
    fullName: `Somebody ${at}`,
    loginName: randomUUID(),
    email: `${randomUUID()}@customer.example.com`,
    attributes,
  }));
  for (const body of people)
    await call(`POST /v1/companies/${bazaar.companyId}/people`, { as: msp.catalog, body });
  let bytes = 0;
  for await (const item of each({
    partition: partition(msp.id, 'PERSON'),
    prefix: `${bazaar.companyId}#`,
    limit: 500,
  }))
    bytes += sizeOf(toAttributes(item));
  expect(bytes).toBeGreaterThan(100_000);
  const { result, cost } = await measure(() =>
    call(`POST /v1/customers/${bazaar.id}/marketplace-previews`, {
      as: bazaar.admin,
      body: { filters: [{ all: [{ attribute: 'a0', op: 'PRESENT' }] }] },
    }),
  );
  expect(result.body.count).toBe(100);
  expect(cost.read).toBeLessThan(0.7 * (bytes / 4096));
});
