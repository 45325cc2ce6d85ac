import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Readers, type Seen, searchUsers, sight } from '../../lib/users/search.ts';
import { type Planted, plantNode, rootOf } from '../kit/tree.ts';
import { type Answer, type Caller, call, makeMsp } from '../kit/world.ts';
import { define, give, giveUser, take, takeUser } from '../services/desk.ts';
import { add, part, preset, remove } from './people.ts';

let as: Caller;
let customer: Planted;
let services: Answer[];
let people: { user: Answer; has: string[] }[];
const word = part();

const kinds = [
  {},
  preset('USER_ADMINISTRATOR'),
  preset('SERVICE_ADMINISTRATOR'),
  { testUser: true },
  { disabled: true },
  { expiresOn: '2020-01-01' },
  { testUser: true, disabled: true },
];

beforeAll(async () => {
  const msp = await makeMsp();
  as = msp.catalog;
  customer = await plantNode(rootOf(msp.id));
  services = [await define(as), await define(as)];
  for (const service of services) await give(as, customer, service);
  people = [];
  for (const [index, more] of [{}, ...kinds, ...kinds].entries()) {
    const named =
      index % 2 ? { displayName: `${word} ${index}` } : { email: `${word}.${index}@mail.example` };
    const user = await add(customer, as, { ...named, ...more });
    const has = services.filter((_, at) => (index + at) % 3 === 0);
    for (const service of has) await giveUser(as, user, service);
    people.push({ user, has: has.map(({ body }) => body.id) });
  }
});

async function find(query: Record<string, string>, limit: number): Promise<string[]> {
  const out: string[] = [];
  let cursor: string | null = null;
  do {
    const asked = new URLSearchParams({ ...query, limit: String(limit), ...(cursor ? { cursor } : {}) });
    const { status, body } = await call(`GET /v1/customers/${customer.id}/users?${asked}`, { as });
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    out.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.nextCursor;
  } while (cursor);
  expect(new Set(out).size).toBe(out.length);
  return out.sort();
}

function expected(query: Record<string, string>): string[] {
  const wanted = people.filter(({ user: { body }, has }) => {
    const q = query.q?.toLowerCase() ?? '';
    const texts = [body.displayName, body.upn, body.email].map((text) => text.toLowerCase());
    const said = texts.some((text) => (q.startsWith('%') ? text.includes(q.slice(1)) : text.startsWith(q)));
    return (
      said &&
      (query.serviceId === undefined || has.includes(query.serviceId)) &&
      (query.role === undefined || body.roles.includes(query.role)) &&
      (query.testUser === undefined || String(body.testUser) === query.testUser) &&
      (query.state === undefined || body.state === query.state) &&
      (query.status === undefined || body.status === query.status)
    );
  });
  return wanted.map(({ user }) => user.body.id).sort();
}

const maybe = (values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

describe('a list of users', () => {
  it('narrows by every filter and by all of them together, each user once, at any page size', async () => {
    const query = fc
      .record({
        q: maybe([word, `%${word.slice(3)}`, 'ann', '%mail.example', 'nobody']),
        serviceId: maybe(services.map(({ body }) => body.id)),
        role: maybe(['CUSTOMER_ADMINISTRATOR', 'USER_ADMINISTRATOR', 'SERVICE_ADMINISTRATOR']),
        testUser: maybe(['true', 'false']),
        state: maybe(['ENABLED', 'DISABLED', 'EXPIRED']),
        status: maybe(['Requested', 'Failed']),
      })
      .map((one) => JSON.parse(JSON.stringify(one)) as Record<string, string>);
    await fc.assert(
      fc.asyncProperty(query, fc.constantFrom(1, 2, 5, 100), async (asked, limit) => {
        expect(await find(asked, limit)).toEqual(expected(asked));
      }),
      { numRuns: 60 },
    );
    expect(await find({}, 100)).toHaveLength(people.length);
  });

  it('of a service forgets who lost it: the user, the customer, the deleted', async () => {
    const own = await plantNode({ id: customer.path.at(-2) ?? '', path: customer.path.slice(0, -1) });
    const [service] = services as [Answer];
    await give(as, own, service);
    const [first, second, third] = [await add(own, as), await add(own, as), await add(own, as)];
    const having = async () =>
      (await call(`GET /v1/customers/${own.id}/users?serviceId=${service.body.id}`, { as })).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await having()).toEqual([]);
    for (const user of [first, second, third]) await giveUser(as, user, service);
    expect(await having()).toEqual([first, second, third].map(({ body }) => body.id));
    await takeUser(as, second, service);
    await remove(third, as);
    expect(await having()).toEqual([first.body.id]);
    await take(as, own, service);
    expect(await having()).toEqual([]);
    await give(as, own, service);
    expect(await having()).toEqual([]);
    await giveUser(as, second, service);
    expect(await having()).toEqual([second.body.id]);
  });

  it('looks at a bounded number of users per page, however many there are', async () => {
    const asked: number[] = [];
    const seen = (limit: number): Seen[] =>
      Array.from({ length: limit }, (_, n) => ({
        behind: String(n),
        item: { name: `n${n}`, email: 'a@b.c', summary: { upn: 'a@b.c', roles: [], testUser: false } },
      }));
    const endless: Readers[keyof Readers] = async (_, { limit }) => {
      asked.push(limit);
      return { seen: seen(limit), next: 'on' };
    };
    const readers: Readers = { name: endless, address: endless, service: endless };
    const page = { limit: 25, position: undefined, now: '' };
    const none = await searchUsers(readers, { role: 'USER_ADMINISTRATOR' }, page);
    expect(none).toMatchObject({ items: [], next: expect.any(String) });
    const all = await searchUsers(readers, { testUser: false, serviceId: 'svc' }, page);
    expect(all.items).toHaveLength(25);
    expect((await searchUsers(readers, {}, page)).items).toHaveLength(25);
    expect(asked).toEqual([sight.name, sight.service, 25]);
  });

  it('names what is wrong', async () => {
    for (const [query, name] of [
      ['role=SYSTEM_ADMINISTRATOR', 'role'],
      ['serviceId=cus_1', 'serviceId'],
      ['testUser=maybe', 'testUser'],
      ['state=GONE', 'state'],
      ['status=gone', 'status'],
    ]) {
      const refused = await call(`GET /v1/customers/${customer.id}/users?${query}`, { as });
      expect(refused.body.errors).toMatchObject([{ pointer: `#/query/${name}` }]);
    }
  });
});
