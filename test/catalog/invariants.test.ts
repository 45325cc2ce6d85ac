import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { announcedBy, deliver, react } from '../kit/deliver.ts';
import { call, type Msp, makeMsp } from '../kit/world.ts';
import {
  addPerson,
  allOf,
  any,
  type Bazaar,
  openBazaar,
  plantAssignment,
  plantItem,
  type Somebody,
  seenBy,
} from './bazaar.ts';

/** What a naive reader of the rules expects: written apart from the product, over plain lists. */
interface Person {
  readonly who: Somebody;
  readonly organization: string | null;
  readonly location: string | null;
}
interface Market {
  readonly id: string;
  everyone: boolean;
  people: string[];
  groups: string[];
  locations: string[];
  /** Indexes of the dynamic groups that it names. */
  dynamic: number[];
  items: string[];
}
/** A dynamic group: whoever is at one of these places. */
interface Group {
  readonly id: string;
  locations: string[];
}
interface World {
  readonly bazaar: Bazaar;
  people: Person[];
  markets: Market[];
  readonly groups: readonly Group[];
  readonly items: readonly string[];
  assigned: Set<string>;
  restricted: Set<string>;
  fullView: boolean;
}

let msp: Msp;
let items: string[];
beforeAll(async () => {
  msp = await makeMsp();
  items = [await plantItem(msp), await plantItem(msp), await plantItem(msp)];
});

const includes = (market: Market, { who, organization, location }: Person, groups: readonly Group[]) =>
  market.everyone ||
  market.people.includes(who.id) ||
  (organization !== null && market.groups.includes(organization)) ||
  (location !== null &&
    [market, ...market.dynamic.map((at) => groups[at] as Group)].some((one) =>
      one.locations.includes(location),
    ));

const expectedOf = (world: World, person: Person): string[] =>
  world.items.filter(
    (item) =>
      world.assigned.has(item) &&
      ((world.fullView && !world.restricted.has(item)) ||
        world.markets.some((one) => one.items.includes(item) && includes(one, person, world.groups))),
  );

const place = fc.record({
  organization: fc.constantFrom(null, 'Alpha', 'Beta'),
  location: fc.constantFrom(null, 'Uri', 'Zug'),
});
const pick = fc.nat({ max: 9 });
const rules = fc.record({
  everyone: fc.nat({ max: 3 }).map((one) => one === 0),
  people: fc.array(pick, { maxLength: 2 }),
  groups: fc.subarray(['Alpha', 'Beta']),
  locations: fc.subarray(['Uri', 'Zug']),
  dynamic: fc.subarray([0, 1]),
  items: fc.subarray([0, 1, 2]),
});
const command = fc.oneof(
  { weight: 3, arbitrary: place.map((one) => ({ what: 'come' as const, ...one })) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('change' as const), at: pick, to: place }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('go' as const), at: pick }) },
  { weight: 4, arbitrary: rules.map((one) => ({ what: 'open' as const, ...one })) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('rearrange' as const), at: pick, to: rules }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('close' as const), at: pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('regather' as const),
      group: fc.nat({ max: 1 }),
      locations: fc.subarray(['Uri', 'Zug'], { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('drop' as const), group: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('assign' as const), item: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('take' as const), item: fc.nat({ max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('restrict' as const),
      item: fc.nat({ max: 2 }),
      on: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('view' as const), on: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('event' as const), at: fc.nat({ max: 99 }) }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
type Given = Pick<Market, 'everyone' | 'groups' | 'locations' | 'dynamic'> & {
  people: number[];
  items: number[];
};

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

function marketFrom(world: World, given: Given): Omit<Market, 'id'> {
  const people = given.people.flatMap((index) => at(world.people, index)?.who.id ?? []);
  return {
    ...given,
    people: [...new Set(people)],
    items: given.items.flatMap((index) => items[index] ?? []).filter((one) => world.assigned.has(one)),
  };
}

const located = (locations: readonly string[]) =>
  locations.map((one) => ({ all: [{ attribute: 'location', op: 'EQUALS', values: [one] }] }));

const bodyOf = (world: Pick<World, 'groups'>, market: Omit<Market, 'id'>) => ({
  everyone: market.everyone,
  people: market.people,
  items: market.items,
  groups: market.groups.map((organization) => ({ organization })),
  filters: located(market.locations),
  dynamicGroups: market.dynamic.map((at) => world.groups[at]?.id),
  allowEmpty: true,
});

async function send(line: string, sent: Parameters<typeof call>[1] = {}, fine = [200, 201, 202, 204]) {
  const answer = await call(line, sent);
  if (!fine.includes(answer.status)) throw new Error(`${line}: ${JSON.stringify(answer.body)}`);
  return answer;
}

async function play(world: World, one: Command): Promise<void> {
  const { bazaar } = world;
  const base = `/v1/customers/${bazaar.id}`;
  const byAdmin = { as: bazaar.admin, headers: any };
  const byStaff = { as: msp.catalog, headers: any };
  if (one.what === 'come') {
    const fields = Object.fromEntries(
      Object.entries({ organization: one.organization, location: one.location }).filter(
        ([, value]) => value !== null,
      ),
    );
    world.people.push({ who: await addPerson(msp, bazaar, fields), ...one });
  } else if (one.what === 'change' || one.what === 'go') {
    // The administrator stays.
    const person = at(world.people, one.at);
    if (!person || person.who.id === bazaar.admin.person) return;
    const path = `/v1/companies/${bazaar.companyId}/people/${person.who.id}`;
    world.people = world.people.filter((other) => other !== person);
    if (one.what === 'go') {
      await send(`DELETE ${path}`, byStaff);
      for (const market of world.markets) market.people = market.people.filter((id) => id !== person.who.id);
      expect((await call('GET /v1/catalogue', { as: person.who.as })).status).toBe(401);
    } else {
      await send(`PATCH ${path}`, { ...byStaff, body: one.to });
      world.people.push({ ...person, ...one.to });
    }
  } else if (one.what === 'open') {
    const market = marketFrom(world, one);
    const answer = await call(`POST ${base}/marketplaces`, {
      as: bazaar.admin,
      body: { name: `M ${randomUUID()}`, ...bodyOf(world, market) },
    });
    // Somebody who has not been enrolled yet cannot be named yet.
    if (answer.body.code === 'marketplaces.person_unknown') return;
    if (answer.status > 202) throw new Error(JSON.stringify(answer.body));
    world.markets.push({ ...market, id: answer.body.id });
  } else if (one.what === 'rearrange') {
    const market = at(world.markets, one.at);
    if (!market) return;
    const after = marketFrom(world, one.to);
    const answer = await call(`PATCH ${base}/marketplaces/${market.id}`, {
      ...byAdmin,
      body: bodyOf(world, after),
    });
    if (answer.body.code === 'marketplaces.person_unknown') return;
    if (answer.status > 202) throw new Error(JSON.stringify(answer.body));
    Object.assign(market, after);
  } else if (one.what === 'close') {
    const market = at(world.markets, one.at);
    if (!market) return;
    await send(`DELETE ${base}/marketplaces/${market.id}`, byAdmin);
    world.markets = world.markets.filter((other) => other !== market);
  } else if (one.what === 'regather') {
    const group = world.groups[one.group] as Group;
    const body = { filters: located(one.locations), allowEmpty: true };
    await send(`PATCH ${base}/dynamic-groups/${group.id}`, { ...byAdmin, body });
    group.locations = one.locations;
  } else if (one.what === 'drop') {
    // It goes only while nothing names it; the model keeps those that could.
    const { id } = world.groups[one.group] as Group;
    const named = world.markets.some(({ dynamic }) => dynamic.includes(one.group));
    if (named) await send(`DELETE ${base}/dynamic-groups/${id}`, byAdmin, [409]);
    else expect((await call(`GET ${base}/dynamic-groups/${id}`, byAdmin)).body.marketplaces).toBe(0);
  } else if (one.what === 'assign') {
    const item = items[one.item] ?? '';
    if (world.assigned.has(item)) return;
    await plantAssignment(bazaar.id, item);
    world.assigned.add(item);
  } else if (one.what === 'take') {
    const item = items[one.item] ?? '';
    if (!world.assigned.has(item)) return;
    await send(`DELETE ${base}/catalogue/items/${item}`, byStaff);
    world.assigned.delete(item);
    world.restricted.delete(item);
    for (const market of world.markets) market.items = market.items.filter((other) => other !== item);
    for (const { who } of world.people) {
      const seen = await call(`GET /v1/catalogue/${item}`, { as: who.as });
      expect([401, 404]).toContain(seen.status);
    }
  } else if (one.what === 'restrict') {
    const item = items[one.item] ?? '';
    if (!world.assigned.has(item)) return;
    await send(`${one.on ? 'PUT' : 'DELETE'} ${base}/restricted-items/${item}`, byStaff);
    if (one.on) world.restricted.add(item);
    else world.restricted.delete(item);
  } else if (one.what === 'view') {
    await send(`PUT ${base}/full-view`, { ...byStaff, body: { on: one.on } });
    world.fullView = one.on;
  } else {
    // Any event of any time, again or for the first time.
    const events = await announcedBy(bazaar.id);
    const event = at(events, one.at);
    if (event) await react(event);
  }
}

async function membersOf({ admin }: Bazaar, path: string): Promise<string[]> {
  const out: string[] = [];
  let more = '';
  do {
    const { body } = await send(`GET ${path}/members?limit=2${more}`, { as: admin });
    out.push(...body.items.map((one: { personId: string }) => one.personId));
    more = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
  } while (more);
  return out;
}

async function gather({ id, admin }: Bazaar, locations: string[]): Promise<Group> {
  const body = { name: locations.join(), filters: located(locations), allowEmpty: true };
  const made = await send(`POST /v1/customers/${id}/dynamic-groups`, { as: admin, body });
  return { id: made.body.id, locations };
}

it('whatever happens in whatever order: in the end everybody sees what the rules say, and no more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 22 }), async (commands) => {
      const bazaar = await openBazaar(msp, 1);
      const who = bazaar.people[0] as Somebody;
      const world: World = {
        bazaar,
        groups: [await gather(bazaar, ['Uri']), await gather(bazaar, ['Zug'])],
        people: [{ who, organization: null, location: null }],
        ...{ markets: [], items, assigned: new Set(), restricted: new Set(), fullView: false },
      };
      let beside: Promise<void> = Promise.resolve();
      for (const one of commands) {
        // Reactions run beside the next change.
        if (one.what === 'event') beside = Promise.all([beside, play(world, one)]).then(() => undefined);
        else await play(world, one);
      }
      await beside;
      await deliver(msp.id, bazaar.id);
      const rows = await allOf(bazaar.id, 'END_USER');
      expect(rows.map(({ id }) => id).toSorted()).toEqual(world.people.map((one) => one.who.id).toSorted());
      const numbers = new Map(
        (await allOf(bazaar.id, 'MARKET')).map(({ id, number }) => [id, Number(number)]),
      );
      for (const person of world.people) {
        const row = rows.find(({ id }) => id === person.who.id);
        const held = world.markets.filter((one) => !one.everyone && includes(one, person, world.groups));
        expect(row?.markets).toEqual(
          held.map(({ id }) => numbers.get(id)).toSorted((a, b) => Number(a) - Number(b)),
        );
        expect((await seenBy(person.who.as)).toSorted()).toEqual(expectedOf(world, person).toSorted());
      }
      for (const [at, { id }] of world.groups.entries()) {
        const path = `/v1/customers/${bazaar.id}/dynamic-groups/${id}`;
        const { body } = await call(`GET ${path}`, { as: bazaar.admin });
        expect(body.marketplaces).toBe(world.markets.filter(({ dynamic }) => dynamic.includes(at)).length);
        const here = world.people.filter((one) => world.groups[at]?.locations.includes(String(one.location)));
        expect((await membersOf(bazaar, path)).toSorted()).toEqual(
          here.map(({ who: one }) => one.id).toSorted(),
        );
      }
      for (const shelf of await allOf(bazaar.id, 'ASSIGNED')) {
        const holding = (everyone: boolean) =>
          world.markets
            .filter((one) => one.everyone === everyone && one.items.includes(String(shelf.id)))
            .map(({ id }) => Number(numbers.get(id)))
            .toSorted((a, b) => a - b);
        expect([shelf.markets, shelf.everyone]).toEqual([holding(false), holding(true)]);
        expect(shelf.open).toBe(world.fullView && !world.restricted.has(String(shelf.id)) ? 1 : 0);
      }
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
