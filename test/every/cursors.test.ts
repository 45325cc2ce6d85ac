import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cursorKey, sealCursor, sealUntil } from '../../lib/aws/cursor.ts';
import { newId } from '../../lib/aws/world.ts';
import type { Route } from '../../lib/kit/route.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { addCustomer, makeMsp } from '../kit/world.ts';
import { endpoints } from './document.ts';
import { type Claims, claimsOf, knock, type Raw, routes, type Wire, wireOf } from './door.ts';
import { sample } from './moves.ts';
import type { Stage } from './scenarios.ts';
import { withoutStacks } from './stacks.ts';
import { typicalOf } from './targets.ts';
import { type Watch, watchStore } from './watch.ts';

/** A page of a list that somebody has read, and the cursor to the next one. */
interface Read {
  readonly route: Route;
  readonly wire: Wire;
  readonly claims: Claims;
  readonly cursor: string;
  /** Whether the list was long enough to have a next page: else the cursor is made as one would have been. */
  readonly real: boolean;
}

const lists = routes.filter(({ page }) => page);
const read = new Map<string, Read>();
let store: Watch;
let [tried, real] = [0, 0];

withoutStacks();
beforeAll(async () => {
  store = watchStore();
  const msp = await makeMsp();
  const stage: Stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  for (const route of lists) {
    const found = await pageOf(route, stage);
    if (found.real) real++;
    read.set(route.id, found);
  }
  store.mode = 'closed';
});
afterAll(() => {
  store.stop();
  process.stdout.write(
    `      cursors: ${tried} forged over ${lists.length} lists (${real} of them read to a next page), 0 taken\n`,
  );
});

async function pageOf(route: Route, stage: Stage): Promise<Read> {
  const { line, as, ...sent } = await typicalOf(route.id)(stage);
  const typical = wireOf(route, line, sent);
  const query = new URLSearchParams(typical.query);
  query.set('limit', '1');
  const wire = { ...typical, query: query.toString() };
  const claims = as && claimsOf(as);
  const answer = await knock(route, wire, claims);
  expect(answer.statusCode, answer.body).toBe(200);
  const { nextCursor } = JSON.parse(answer.body) as { nextCursor: string | null };
  const made = sealUntil(await cursorKey(), '["x"]', boundTo(route, wire, claims), Date.now());
  return { route, wire, claims, cursor: nextCursor ?? made, real: nextCursor !== null };
}

/** What a cursor is bound to, said a second time. */
function boundTo(route: Route, { params, query }: Wire, claims: Claims): string {
  const { limit: _, cursor: __, ...filters } = Object.fromEntries(new URLSearchParams(query));
  return JSON.stringify([claims?.tenant, claims?.person, route.id, params, filters]);
}

const withCursor = (wire: Wire, cursor: string, more: Record<string, string> = {}): Wire => ({
  ...wire,
  query: new URLSearchParams({
    ...Object.fromEntries(new URLSearchParams(wire.query)),
    ...more,
    cursor,
  }).toString(),
});

const pointers = ({ body }: Raw): string[] =>
  ((JSON.parse(body) as { errors?: { pointer: string }[] }).errors ?? []).map(({ pointer }) => pointer);

/** Refused, for its cursor, and nothing was read. */
async function isRefused(of: Pick<Read, 'route' | 'claims'>, wire: Wire, told: string): Promise<void> {
  tried++;
  const before = store.calls();
  const answer = await knock(of.route, wire, of.claims);
  expect([told, answer.statusCode, store.calls() - before]).toEqual([told, 400, 0]);
  expect(pointers(answer), told).toEqual(['#/query/cursor']);
}

describe.each(lists.map((route) => [route.id, route] as const))('the cursor of %s', (id, route) => {
  const one = () => read.get(id) as Read;

  it('leads on as it is', async () => {
    const { wire, claims, cursor } = one();
    const before = store.calls();
    await knock(route, withCursor(wire, cursor), claims);
    expect(store.calls()).toBeGreaterThan(before);
  });

  it('is nothing with any byte of it changed, cut, or added', async () => {
    const { wire, cursor } = one();
    const bytes = Buffer.from(cursor, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const bent = Buffer.from(bytes);
      bent.writeUInt8((bent[at] ?? 0) ^ (1 << (at % 8)), at);
      await isRefused(one(), withCursor(wire, bent.toString('base64url')), `byte ${at}`);
    }
    const texts = {
      'cut off': cursor.slice(0, -1),
      'cut in front': cursor.slice(1),
      longer: `${cursor}A`,
      padded: `${cursor}=`,
      'of another alphabet': `${cursor.slice(0, -1)}+`,
      'a word': 'x',
      'long and nothing': 'A'.repeat(60),
      'the nonce alone': bytes.subarray(0, 12).toString('base64url'),
      'without a tag': Buffer.concat([bytes.subarray(0, 12), bytes.subarray(28)]).toString('base64url'),
    };
    for (const [told, text] of Object.entries(texts)) await isRefused(one(), withCursor(wire, text), told);
  });

  it('is nothing to another tenant, person, list, place or filter', async () => {
    const { wire, claims, cursor } = one();
    const kind = claims?.tenant?.startsWith('cus') ? 'customer' : 'provider';
    const others: Record<string, Claims> = {
      'another tenant': { ...claims, tenant: newId(kind, Date.now()) },
      'another person': { ...claims, person: newId('person', Date.now()) },
    };
    for (const [told, as] of Object.entries(others))
      await isRefused({ route, claims: as }, withCursor(wire, cursor), told);
    const next = read.get(lists[(lists.indexOf(route) + 1) % lists.length]?.id ?? '') as Read;
    await isRefused(next, withCursor(next.wire, cursor), `at ${next.route.id}`);
    for (const name of Object.keys(wire.params)) {
      const params = {
        ...wire.params,
        [name]: (wire.params[name] ?? '').replace(/.$/, (last) => (last === '7' ? '8' : '7')),
      };
      if (!route.params?.safeParse(params).success) continue;
      await isRefused(one(), withCursor({ ...wire, params }, cursor), `another ${name}`);
    }
    const filters = endpoints.get(id)?.parameters.filter((filter) => filter.in === 'query') ?? [];
    const given = new URLSearchParams(wire.query);
    for (const { name, schema } of filters) {
      const value = String(sample(schema));
      if (name === 'limit' || name === 'cursor' || (given.get(name) ?? String(schema.default)) === value)
        continue;
      if (!route.query?.safeParse({ ...Object.fromEntries(filtersOf(given)), [name]: value }).success)
        continue;
      await isRefused(one(), withCursor(wire, cursor, { [name]: value }), `${name}=${value}`);
    }
  });

  it('is nothing after an hour, and none that ends never', async () => {
    const { wire, claims } = one();
    const [key, bound] = [await cursorKey(), boundTo(route, wire, claims)];
    const at = Date.now() - 3_600_001;
    await isRefused(one(), withCursor(wire, sealUntil(key, '["x"]', bound, at)), 'expired');
    await isRefused(one(), withCursor(wire, sealCursor(key, '["x"]', bound)), 'without an end');
  });
});

const filtersOf = (query: URLSearchParams) => [...query].filter(([name]) => name !== 'limit');

it('was read to a next page at most lists', () => {
  expect(real).toBeGreaterThan(lists.length / 3);
});
