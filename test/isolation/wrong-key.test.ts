import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { commit, get, getAll, page } from '../../lib/aws/db.ts';
import { serve } from '../../lib/aws/serve.ts';
import { asItself } from '../../lib/aws/tenant-session.ts';
import type { Needs } from '../../lib/kit/context.ts';
import { customerServiceKey, nodeKey, partition, userKey } from '../../lib/kit/keys.ts';
import { answer } from '../../lib/kit/plan.ts';
import { sessionKeys, tagNames, tagsOf } from '../../lib/kit/reach.ts';
import { route } from '../../lib/kit/route.ts';
import { actingAs, denials, mayDo } from '../kit/rights.ts';
import { addCustomer, type Caller, makeMsp } from '../kit/world.ts';

const needs: Needs = {
  table: ['get', 'batchGet', 'query', 'put', 'update', 'delete', 'check'],
  index: true,
  sessions: { provider: { read: ['CATALOG'] } },
};
let mine: { readonly id: string; readonly admin: Caller };
let theirs: string;

beforeAll(async () => {
  const [msp, other] = [await makeMsp(), await makeMsp()];
  mine = await addCustomer(msp);
  theirs = (await addCustomer(other)).id;
});

/** A route that asks for whatever it is told to, as a mistake would. */
async function ask(load: () => Promise<unknown>): Promise<number> {
  const wrong = route({
    id: 'wrong',
    method: 'GET',
    path: '/wrong',
    summary: 'Asks the wrong key',
    permission: 'signed-in',
    reply: { status: 200, body: z.strictObject({}) },
    refuses: [],
    load,
    decide: () => answer({}),
  });
  const { tenant, person, roles, provider } = mine.admin;
  const event = {
    routeKey: 'GET /wrong',
    rawQueryString: '',
    headers: {},
    requestContext: {
      requestId: 'one',
      http: { method: 'GET' },
      authorizer: { jwt: { claims: { tenant, person, roles: roles.join(' '), provider } } },
    },
  };
  const context = { getRemainingTimeInMillis: () => 20_000 };
  const reply = await actingAs('wrong api', needs, () => serve([wrong])(event as never, context as never));
  return (reply as { statusCode: number }).statusCode;
}

const at = new Date().toISOString();
const put = (PK: string) =>
  commit([{ do: 'create', item: { PK, SK: 'x', kind: 'stray', at } }], 'x', Date.now());

it('a route may ask what its session reaches, and nothing of another tenant, by any kind of call', async () => {
  expect(await ask(async () => get(userKey(mine.id, 'usr_1')))).toBe(200);
  const wrong: Record<string, () => Promise<unknown>> = {
    get: () => get(userKey(theirs, 'usr_1')),
    profile: () => get(nodeKey(theirs)),
    'batch with one of theirs': () => getAll([nodeKey(mine.id), customerServiceKey(theirs, 's')]),
    query: () => page({ partition: partition(theirs, 'ENTRY'), limit: 1 }),
    'query of an index': () => page({ index: 'tree', partition: partition(theirs, 'AUDIT'), limit: 1 }),
    write: () => put(partition(theirs, 'USER')),
    'a kind of the provider that is not granted': () =>
      page({ partition: partition(mine.admin.provider ?? '', 'LICENCE_KEY'), limit: 1 }),
    'a write upwards': () => put(partition(mine.admin.provider ?? '', 'CATALOG')),
    'writing by itself': () => asItself(() => put(partition(mine.id, 'USER'))),
  };
  for (const [name, load] of Object.entries(wrong)) {
    const before = denials.length;
    expect(await ask(load), name).toBe(500);
    expect(denials.length, name).toBe(before + 1);
  }
});

it('history stays as it is, a missing key is refused, and each place of a reach is a tag of the session', () => {
  const reach = { home: mine.id, target: mine.id, provider: 'p', line: [], others: [], page: [] };
  const tags = tagsOf(reach, false);
  expect(Object.keys(tags).sort()).toEqual([...tagNames(needs.sessions ?? {})].sort());
  const own = partition(mine.id, 'ENTRY');
  expect(mayDo({ needs }, tags, { action: 'put', keys: [own] })).toBe(true);
  expect(mayDo({ needs }, tags, { action: 'update', keys: [own] })).toBe(false);
  expect(mayDo({ needs }, tags, { action: 'query', keys: [] })).toBe(false);
  const named = sessionKeys(needs.sessions ?? {}).read.flatMap(
    (key) => key.match(/(?<=PrincipalTag\/)\w+/) ?? [],
  );
  expect([...new Set(named)].filter((tag) => !(tag in tags))).toEqual([]);
});
