import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { newId } from '../../lib/aws/world.ts';
import { type Kind, prefixes } from '../../lib/kit/id.ts';
import { allows, type Permission, type Role } from '../../lib/kit/permission.ts';
import type { Route } from '../../lib/kit/route.ts';
import { plantCustomer, plantEndUser } from '../kit/plant.ts';
import { several } from '../kit/several.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';

const texts = [
  '',
  '[',
  'null',
  '[]',
  '"x"',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":1}',
  '{"a":1e400}',
  '{"a":9007199254740993}',
  '{"a":"\\ud800"}',
  '{"\\udfff":1}',
  `${'['.repeat(40)}${']'.repeat(40)}`,
];

let msp: Msp;
let customer: { id: string; admin: Caller };
let endUser: Caller;
beforeAll(async () => {
  msp = await makeMsp();
  customer = await plantCustomer(msp.id);
  endUser = await plantEndUser(msp.id, customer.id);
});

const routes = contexts.flatMap((context) => context.routes);

function callerFor(route: Route): Caller {
  if (route.permission === 'end-user') return endUser;
  const home = route.target && 'home' in route.target ? route.target.home : undefined;
  const callers = [msp.system, msp.catalog, msp.reader, msp.operator, msp.handler, customer.admin];
  const kinds = ['PROVIDER', 'PROVIDER', 'PROVIDER', 'PLATFORM', 'PLATFORM', 'CUSTOMER'] as const;
  const found = callers.find(
    (one, index) =>
      (!home || home.includes(kinds[index] as never)) &&
      (route.permission === 'signed-in' || allows(one.roles as Role[], route.permission as Permission)),
  );
  return found ?? msp.system;
}

function fill(route: Route): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'providerId') return msp.id;
    if (name === 'customerId') return customer.id;
    const kind = name.replace(/Id$/, '') as Kind;
    return kind in prefixes ? newId(kind, Date.now()) : 'x'.repeat(12);
  });
}

async function survives(
  route: Route,
  query: string,
  sent: { body?: unknown; text?: string },
): Promise<number> {
  const headers = {
    'content-type': route.accepts?.[0] ?? 'application/json',
    ...(route.ifMatch ? { 'if-match': '*' } : {}),
  };
  const answer = await call(`${route.method} ${fill(route)}${query}`, {
    as: callerFor(route),
    headers,
    ...sent,
  });
  return answer.status;
}

describe.each(routes.map((route) => [route.id, route] as const))('%s', (_id, route) => {
  it('asks for a token first', async () => {
    if (route.permission === 'public') return;
    const answer = await call(`${route.method} ${fill(route)}?nonsense=1`, { text: '[' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'request.unauthenticated' } });
  });

  it('refuses unknown and malformed queries, naming them', async () => {
    const answer = await call(`${route.method} ${fill(route)}?nonsense=1`, {
      as: callerFor(route),
      text: '{}',
      headers: {
        'content-type': route.accepts?.[0] ?? 'application/json',
        ...(route.ifMatch ? { 'if-match': '*' } : {}),
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain(
      '#/query/nonsense',
    );
    if (!route.page) return;
    const queries = [
      '?limit=0',
      '?limit=101',
      '?limit=x',
      '?cursor=x',
      `?cursor=${'A'.repeat(60)}`,
      '?limit=1&limit=2',
    ];
    await several(queries, async (query) => expect(await survives(route, query, {})).toBe(400));
  });

  it('answers 4xx, never 5xx, to any text', async () => {
    if (!route.body) return;
    await several(texts, async (text) =>
      expect(await survives(route, '', { text })).toBeGreaterThanOrEqual(400),
    );
  });

  it('refuses a body of another type or above its limit', async () => {
    if (!route.body) return;
    const as = callerFor(route);
    const headers = { 'content-type': 'text/html', ...(route.ifMatch ? { 'if-match': '*' } : {}) };
    expect((await call(`${route.method} ${fill(route)}`, { as, text: '{}', headers })).status).toBe(415);
    const big = 'x'.repeat((route.maxBodyBytes ?? 65_536) + 1);
    expect(await survives(route, '', { text: big })).toBe(413);
  });
});
