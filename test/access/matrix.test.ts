import { beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { authorize, type Candidate } from '../../lib/aws/auth.ts';
import { newId } from '../../lib/aws/world.ts';
import { hashOfToken } from '../../lib/kit/delegation.ts';
import { type Kind, platformId, prefixes } from '../../lib/kit/id.ts';
import type { Role } from '../../lib/kit/permission.ts';
import type { Problem } from '../../lib/kit/problem.ts';
import type { Route } from '../../lib/kit/route.ts';
import type { Node, NodeType } from '../../lib/kit/scope.ts';
import { several } from '../kit/several.ts';
import { type Caller, call, type Msp, makeMsp } from '../kit/world.ts';
import { newDesk, somebody } from './desk.ts';

/**
 * What a session may do, said a second time and by hand: per role of the customer the permissions that it gives in a
 * session, each with the people who hold it outside as well; `*`: whoever may take the role. What is not here may not.
 */
const C = 'CATALOG_ADMINISTRATOR';
const S = 'SYSTEM_ADMINISTRATOR';
const O = 'MSP_OPERATOR';
const R = 'RESELLER_FULL_ADMINISTRATOR';
const staff = [C, S, O, R];
const reading: Readonly<Record<string, readonly string[]>> = {
  'console.read': ['*'],
  'customers.read': staff,
  'licences.read': staff,
  'items.read': staff,
  'subscriptions.read': staff,
  'probes.read': staff,
  'overview.read': staff,
  'credits.read': staff,
  'notifications.read': staff,
  'users.read': staff,
  'customer_services.read': staff,
  'assignments.read': staff,
  'marketplaces.read': staff,
  'service_requests.read': staff,
  'provisioning.read': staff,
};
const table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  CUSTOMER_OPERATOR: reading,
  CUSTOMER_ADMINISTRATOR: {
    ...reading,
    'console.manage': ['*'],
    'items.manage': [C],
    'probes.manage': [C, R],
    'alerts.snooze': [C],
    'users.manage': [C, R],
    'customer_services.manage': [C, R],
    'user_services.manage': [C, R],
    'marketplaces.manage': [C, R],
    'entitlements.read': [C, R],
    'service_requests.approve': [C, R],
    'audit.read': staff,
  },
};
const takes: Readonly<Record<string, readonly string[]>> = {
  [C]: ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'],
  [R]: ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'],
  [S]: ['CUSTOMER_OPERATOR'],
  [O]: ['CUSTOMER_OPERATOR'],
};
/** Routes that no session reaches though their permission would: keys, and exports of what people did. */
const never = [
  ...['createProbe', 'issueEnrolmentKey'],
  ...['exportEntries', 'exportConsumption', 'exportServiceRequests'],
];

function may(route: Route, person: string, taken: readonly string[]): boolean {
  if (!route.target || !('param' in route.target) || never.includes(route.id)) return false;
  return taken.some((role) => {
    const holders = table[role]?.[route.permission];
    return holders !== undefined && (holders.includes('*') || holders.includes(person));
  });
}

interface Session {
  readonly name: string;
  readonly person: Caller;
  readonly taken: readonly string[];
  readonly token: string;
}

const routes = contexts
  .flatMap((context) => context.routes)
  .filter(({ permission }) => permission !== 'public' && permission !== 'end-user');

let msp: Msp;
let customerId: string;
const sessions: Session[] = [];

beforeAll(async () => {
  msp = await makeMsp();
  const desk = await newDesk(msp);
  customerId = desk.id;
  for (const role of [C, S, O] as const) {
    const most = takes[role] ?? [];
    const subsets = [...most.map((one) => [one]), ...(most.length > 1 ? [most] : [])];
    for (const taken of subsets) {
      const person = await somebody(msp, role as Role);
      const { body } = await desk.open({ roles: taken }, person);
      sessions.push({ name: `${role} as ${taken.join(' and ')}`, person, taken, token: body.token });
    }
  }
});

function fill(route: Route): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'customerId') return customerId;
    if (name === 'providerId') return msp.id;
    const kind = name.replace(/Id$/, '') as Kind;
    return kind in prefixes ? newId(kind, Date.now()) : 'x'.repeat(12);
  });
}

const code = (answer: { status: number; body?: { code?: string } }) =>
  `${answer.status} ${answer.body?.code ?? ''}`;

describe('what a delegated session may', () => {
  it('is looked at with every role that may be taken, by everybody who may take it', () => {
    expect(sessions.map(({ name }) => name)).toHaveLength(5);
    expect(sessions.every(({ token }) => token.startsWith('qas.'))).toBe(true);
  });

  it.each(routes.map((route) => [route.id, route] as const))('%s', async (_id, route) => {
    const headers = { 'content-type': route.accepts?.[0] ?? 'application/json', 'if-match': '*' };
    await several(sessions, async ({ name, person, taken, token }) => {
      const answer = await call(`${route.method} ${fill(route)}`, {
        as: person,
        ...(route.body ? { body: {} } : {}),
        headers: { ...headers, 'quartermaster-session': token },
      });
      // Wrong parts of a request are told before anybody is asked who sends it: such a one says nothing here.
      if (answer.status === 400 || answer.status === 415) return void unsaid.add(route.id);
      said.add(`${name} ${route.id}`);
      const named = route.target !== undefined && 'param' in route.target;
      const elsewhere = named && !route.path.includes('{customerId}');
      const absent = route.target && 'types' in route.target && !route.target.types.includes('CUSTOMER');
      if (absent && !elsewhere) return expect(answer.status, name).toBe(404);
      if (elsewhere) return expect(code(answer), name).toBe('401 access.session_refused');
      if (may(route, person.roles[0] ?? '', taken)) expect(answer.status, name).not.toBe(403);
      else expect(code(answer), name).toBe('403 request.forbidden');
    });
  });
});

const said = new Set<string>();
const unsaid = new Set<string>();

/** The decision alone, over every route: for those too that a request without its parts does not reach. */
describe('the decision', () => {
  const [providerId, id] = [newId('provider', 1), newId('customer', 2)];
  const resellerId = newId('customer', 3);
  const path = [platformId, providerId, resellerId, id];
  const now = Date.now();
  const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  const token = { customerId: id, sessionId: newId('accessSession', 4), secret: 'x'.repeat(43) };
  const all = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'];
  const grant = {
    state: 'GIVEN',
    roles: all,
    mostMinutes: 60,
    approval: 'STANDING',
    endsAt: at(900),
    epoch: 1,
    version: 1,
  };

  function candidate(person: string, taken: readonly string[]): Candidate {
    const home = person === R ? resellerId : providerId;
    const personId = newId('person', 5);
    const of = person === R ? 'CUSTOMER_ADMINISTRATOR' : person;
    const node = (one: string, type: NodeType, depth: number): Node => {
      const line = path.slice(0, depth);
      return { id: one, type, path: line, name: one, version: 1, item: { id: one, type } };
    };
    const session = {
      ...{
        id: token.sessionId,
        state: 'OPEN',
        personId,
        home,
        roles: taken,
        startsAt: at(-1),
        endsAt: at(29),
      },
      ...{ approved: false, epoch: 1, path: path.join('/'), reason: 'A reason', ticket: null, version: 1 },
      ...{ minutes: 30, askedAt: at(-1) },
      tokenHash: hashOfToken(token),
    };
    return {
      claims: { tenant: home, person: personId, roles: [of], provider: undefined },
      membership: { state: 'ACTIVE', roles: [of] },
      home: person === R ? node(resellerId, 'RESELLER', 3) : node(providerId, 'PROVIDER', 2),
      target: node(id, 'CUSTOMER', 4),
      presented: { token, session, grant: { ...grant, to: { id: home } }, management: undefined },
    };
  }

  const decided = (route: Route, person: string, taken: readonly string[]) => {
    try {
      const { actor, session } = authorize(candidate(person, taken), route as never);
      return actor.session === token.sessionId && actor.onBehalfOf === id && session
        ? 'may'
        : 'nobody knows who';
    } catch (error) {
      return (error as Problem).type.code;
    }
  };

  it.each([C, S, O, R])('for %s', (person) => {
    let looked = 0;
    for (const taken of [...all.map((one) => [one]), all]) {
      const left = taken.filter((one) => takes[person]?.includes(one));
      for (const route of routes) {
        const { target } = route;
        const absent = target && 'types' in target && !target.types.includes('CUSTOMER');
        const otherwise = absent ? 'resource.not_found' : 'request.forbidden';
        const told = `${route.id} as ${taken}: `;
        expect(told + decided(route, person, taken)).toBe(
          told + (!absent && may(route, person, left) ? 'may' : otherwise),
        );
        looked++;
      }
    }
    expect(looked).toBe(3 * routes.length);
  });

  it('never reaches keys and files, and holds for what was sent over the front door', () => {
    expect(routes.length).toBeGreaterThan(250);
    for (const one of never) expect(routes.find((route) => route.id === one)?.undelegated, one).toBe(true);
    const files = routes.filter(
      ({ target, reply }) => target && 'param' in target && reply.media === 'text/csv',
    );
    for (const file of files) expect(file.undelegated, file.id).toBe(true);
    expect(said.size).toBeGreaterThan(500);
  });
});
