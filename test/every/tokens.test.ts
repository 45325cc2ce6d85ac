import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { type Authorizer, makeAuthorizer } from '../../infra/local/authorizer.ts';
import { newId } from '../../lib/aws/world.ts';
import { schemeOf } from '../../lib/kit/agent.ts';
import { entry, newDesk } from '../access/desk.ts';
import { addProbe, deliver, enrolledAgent, newAgent, signed, type TestAgent } from '../kit/agent.ts';
import { newMachine, openOffice } from '../kit/machine.ts';
import { plantCreditSystem } from '../kit/plant.ts';
import { addCustomer, type Caller, call, makeMsp } from '../kit/world.ts';
import { type Claims, claimsOf, knock, pathOf, type Raw, routes, type Wire, wireOf } from './door.ts';
import type { Stage } from './scenarios.ts';
import { withoutStacks } from './stacks.ts';
import { typicalOf } from './targets.ts';
import { type Watch, watchStore } from './watch.ts';

/** What every route asks of a token: infra/identity.ts. */
const scope = 'quartermaster/api';
const issuer = 'https://issuer.example';
const now = Math.floor(Date.now() / 1000);
const tenant = newId('provider', 1);
const person = newId('person', 1);
const good = {
  ...{ iss: issuer, aud: 'quartermaster', scope: `openid ${scope}`, sub: 's', iat: now, exp: now + 3600 },
  ...{ token_use: 'access', tenant, person, roles: ['SYSTEM_ADMINISTRATOR', 'MSP_OPERATOR'] },
};
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name)));
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

let [key, stranger]: CryptoKey[] = [];
let [jwk, strange]: JWK[] = [];
let pem: string;
let authorize: Authorizer;
const sign = (claims: object, header: object = {}, by = key) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(by as CryptoKey);
const symmetric = (secret: string, header: object = {}) =>
  new SignJWT({ ...good })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1', ...header })
    .sign(new TextEncoder().encode(secret));
const parts = async () => (await sign(good)).split('.') as [string, string, string];

/** What the gateway lets nobody in with. */
const refused: Readonly<Record<string, () => Promise<string> | string>> = {
  'no signature': () => `${encode({ alg: 'none', kid: 'k1' })}.${encode(good)}.`,
  'no signature, in other letters': () => `${encode({ alg: 'nOnE', kid: 'k1' })}.${encode(good)}.`,
  'a signature taken off': async () => `${(await parts()).slice(0, 2).join('.')}.`,
  'HS256 by the public key': () => symmetric(pem),
  'HS256 by the key set': () => symmetric(JSON.stringify(jwk)),
  'another key': () => sign(good, {}, stranger),
  'an unknown key id': () => sign(good, { kid: 'k2' }),
  'no key id': () => sign(good, { kid: undefined }),
  'its own key in the header': () => sign(good, { jwk: strange, kid: 'k9' }, stranger),
  'its own key under our key’s id': () => sign(good, { jwk: strange }, stranger),
  'the address of a key set': () => sign(good, { jku: 'https://evil.example/jwks', kid: 'k9' }, stranger),
  'a critical header that nobody knows': async () => {
    const [, body, signature] = await parts();
    return `${encode({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 })}.${body}.${signature}`;
  },
  'another issuer': () => sign({ ...good, iss: 'https://other.example' }),
  'an issuer like ours': () => sign({ ...good, iss: `${issuer}/` }),
  'no issuer': () => sign(without('iss')),
  'another audience': () => sign({ ...good, aud: 'other' }),
  'no audience': () => sign(without('aud')),
  'another client': () => sign({ ...without('aud'), client_id: 'other' }),
  'no end': () => sign(without('exp')),
  'an end that is past': () => sign({ ...good, exp: now - 1 }),
  'an end that is no time': () =>
    sign({ ...good, exp: 'never' }).catch(
      () => `${encode({ alg: 'RS256', kid: 'k1' })}.${encode({ ...good, exp: 'never' })}.AAAA`,
    ),
  'a beginning to come': () => sign({ ...good, nbf: now + 3600 }),
  'an issue to come': () => sign({ ...good, iat: now + 3600, exp: now + 7200 }),
  'a changed body': async () => {
    const [header, , signature] = await parts();
    return `${header}.${encode({ ...good, roles: ['PLATFORM_OPERATOR'] })}.${signature}`;
  },
  'a changed signature': async () => {
    const [header, body, signature] = await parts();
    return `${header}.${body}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`;
  },
  'four parts': async () => `${await sign(good)}.x`,
  'parts of nothing': () => '..',
  'a word': () => 'token',
  'a session’s token': () => `qas.cus_${'7'.repeat(26)}.ses_${'7'.repeat(26)}.${'x'.repeat(43)}`,
  'a certificate': () => `${'e'.repeat(60)}.${'s'.repeat(43)}`,
  'an enrolment key': () => `qek.${'x'.repeat(43)}`,
};

/** What is signed by us and is not for our routes. */
const scopeless: Readonly<Record<string, object>> = {
  'of sign-in, an ID token': { ...without('scope', 'token_use'), token_use: 'id', email: 'a@example.com' },
  'with another scope': { ...good, scope: 'openid' },
  'with a scope like ours': { ...good, scope: `${scope}s x${scope}` },
};

/** What the gateway lets in, with claims that are nobody's: whoever reads them says 401, and reads nothing. */
const nobodys: Readonly<Record<string, object>> = {
  'no tenant': without('tenant'),
  'no person': without('person'),
  'a list of tenants': { ...good, tenant: [tenant, tenant] },
  'a list of one tenant': { ...good, tenant: [tenant] },
  'a list of persons': { ...good, person: [person] },
  'an object for a tenant': { ...good, tenant: { id: tenant } },
  'a tenant in lower case': { ...good, tenant: tenant.toLowerCase() },
  'a tenant and more': { ...good, tenant: `${tenant}#X` },
  'a person of another kind': { ...good, person: newId('user', 1) },
  'an empty tenant': { ...good, tenant: '' },
};

const taken: Readonly<Record<string, object>> = {
  'as it is': good,
  'an audience list': { ...good, aud: ['x', 'quartermaster'] },
  'a client in place of an audience': { ...without('aud'), client_id: 'quartermaster' },
  'its scopes in scp': { ...without('scope'), scp: [scope] },
  'roles as a text': { ...good, roles: 'SYSTEM_ADMINISTRATOR MSP_OPERATOR' },
  'roles that are nobody’s': { ...good, roles: [['x'], { y: 1 }] },
};

let stage: Stage;
let store: Watch;
let tried = 0;
const wires = new Map<string, { wire: Wire; claims: Claims }>();
const tokens: Record<'bad' | 'short' | 'empty' | 'good', [string, string][]> = {
  bad: [],
  short: [],
  empty: [],
  good: [],
};
withoutStacks();
beforeAll(async () => {
  const [pair, other] = [
    await generateKeyPair('RS256', { extractable: true }),
    await generateKeyPair('RS256', { extractable: true }),
  ];
  [key, stranger] = [pair.privateKey, other.privateKey];
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  strange = { ...(await exportJWK(other.publicKey)), kid: 'k9', alg: 'RS256', use: 'sig' };
  pem = await exportSPKI(pair.publicKey);
  const keys = { keys: [jwk] } as Awaited<ReturnType<NonNullable<Parameters<typeof makeAuthorizer>[1]>>>;
  authorize = makeAuthorizer({ Issuer: issuer, Audience: ['quartermaster'] }, async () => keys);
  for (const [name, make] of Object.entries(refused)) tokens.bad.push([name, await make()]);
  for (const [name, claims] of Object.entries(scopeless)) tokens.short.push([name, await sign(claims)]);
  for (const [name, claims] of Object.entries(nobodys)) tokens.empty.push([name, await sign(claims)]);
  for (const [name, claims] of Object.entries(taken)) tokens.good.push([name, await sign(claims)]);
  store = watchStore();
  const msp = await makeMsp();
  stage = { msp, customer: await addCustomer(msp) };
  await plantCreditSystem(msp.id);
  for (const route of routes) {
    const { line, as, ...sent } = await typicalOf(route.id)(stage);
    wires.set(route.id, { wire: wireOf(route, line, { ...sent, key: 'k' }), claims: as && claimsOf(as) });
  }
});
afterAll(() => {
  store.stop();
  const kinds = Object.values(tokens).flat().length;
  process.stdout.write(
    `      tokens: ${kinds} kinds, ${tried} requests over ${routes.length} routes and agents’ ones, none let in wrongly\n`,
  );
});

const codeOf = ({ body }: Raw) => (JSON.parse(body) as { code?: string }).code;
const guarded = routes.filter(({ permission }) => permission !== 'public');

describe.each(guarded.map((route) => [route.id, route] as const))('%s', (id, route) => {
  it('is open to whom the gateway and the function both know, and to nobody else', async () => {
    store.mode = 'closed';
    const { wire } = wires.get(id) as { wire: Wire };
    const enter = async (token: string | undefined) => {
      tried++;
      return authorize(token && `Bearer ${token}`, [scope]);
    };
    expect((await enter(undefined)).status).toBe(401);
    for (const [name, token] of tokens.bad) expect([name, (await enter(token)).status]).toEqual([name, 401]);
    for (const [name, token] of tokens.short)
      expect([name, (await enter(token)).status]).toEqual([name, 403]);
    for (const [name, token] of [...tokens.empty, ...tokens.good]) {
      const verdict = await enter(token);
      if (verdict.status !== 200) expect.fail(`${name}: ${verdict.status}`);
      const before = store.calls();
      const answer = await knock(route, wire, verdict.claims);
      const isIn = tokens.good.some(([one]) => one === name);
      expect([name, answer.statusCode, store.calls() > before]).toEqual([name, isIn ? 503 : 401, isIn]);
    }
  });

  it('asks for a token before it looks at anything else', async () => {
    store.mode = 'closed';
    const before = store.calls();
    const wrong = { ...(wires.get(id) as { wire: Wire }).wire, query: 'nonsense=1', body: '[' };
    for (const headers of [{}, { authorization: `Bearer ${tokens.good[0]?.[1]}` }]) {
      const answer = await knock(route, { ...wrong, headers }, undefined);
      expect([answer.statusCode, codeOf(answer)]).toEqual([401, 'request.unauthenticated']);
    }
    expect(store.calls()).toBe(before);
  });

  it('takes no token of another kind for that of a session', async () => {
    store.mode = 'walled';
    const { wire, claims } = wires.get(id) as { wire: Wire; claims: Claims };
    const named = route.target && 'param' in route.target;
    for (const token of [tokens.good[0]?.[1] ?? '', ...tokens.bad.slice(-3).map(([, one]) => one)]) {
      tried++;
      const headers = { ...wire.headers, 'quartermaster-session': token };
      const { statusCode } = await knock(route, { ...wire, headers }, claims);
      expect(statusCode).toBe(named ? 401 : 403);
    }
  });
});

describe('tokens of one kind where another is asked for', () => {
  const agentRoutes = contexts.flatMap(({ agent }) => agent?.routes ?? []);
  let probe: TestAgent;
  let machine: TestAgent;
  let secrets: Record<'person' | 'session' | 'enrolment' | 'package' | 'import', string>;
  beforeAll(async () => {
    store.mode = 'open';
    const { msp, customer } = stage;
    const office = await openOffice(msp, customer);
    [probe, machine] = [await enrolledAgent(customer.id, msp.catalog), (await office.enrolled()).agent];
    const desk = await newDesk(msp);
    const { body } = await call(`POST ${desk.path}/access-sessions`, { as: msp.catalog, body: entry() });
    const asked = await typicalOf('answerImport')(stage);
    secrets = {
      person: tokens.good[0]?.[1] ?? '',
      session: body.token,
      enrolment: (await addProbe(customer.id, msp.catalog)).enrolmentKey,
      package: office.token,
      import: (asked.body as { token: string }).token,
    };
    expect(Object.values(secrets).every((one) => one.length > 20)).toBe(true);
  });

  it('open no route of agents', async () => {
    for (const route of agentRoutes.filter(({ permission }) => permission !== 'open')) {
      const own = schemeOf(route) === 'Probe' ? probe : machine;
      const other = own === probe ? machine : probe;
      const line = `${route.method} ${pathOf(route, { commandId: newId('command', Date.now()) })}`;
      const send = (agent: TestAgent, authorization: string | undefined) => {
        tried++;
        const headers = signed(agent, line, Buffer.from(route.body ? '{}' : ''), ++agent.count);
        return deliver(line, { ...headers, authorization }, Buffer.from(route.body ? '{}' : ''));
      };
      const wrong = [
        undefined,
        ...Object.values(secrets).flatMap((one) => [one, `Bearer ${one}`, `Probe ${one}`, `Machine ${one}`]),
        ...[`Probe ${other.certificate}`, `Machine ${other.certificate}`, `Bearer ${own.certificate}`],
        own.certificate,
      ];
      for (const one of wrong) {
        for (const agent of [own, other]) {
          const { status, body } = await send(agent, one);
          expect([route.id, one?.slice(0, 20), status, body.code]).toEqual([
            route.id,
            one?.slice(0, 20),
            401,
            'agent.unauthenticated',
          ]);
        }
      }
      expect((await send(own, `${schemeOf(route)} ${own.certificate}`)).status).not.toBe(401);
      expect((await send(other, `${schemeOf(route)} ${own.certificate}`)).status, 'signed by another').toBe(
        401,
      );
    }
  });

  it('enrol nothing and confirm nothing', async () => {
    const { enrolment, package: pack, import: link, ...rest } = secrets;
    const others = Object.values(rest);
    for (const one of [pack, link, ...others])
      expect((await newAgent().enrol(one)).status).toBeGreaterThanOrEqual(400);
    for (const one of [enrolment, link, ...others])
      expect((await newMachine().enrol(one)).status).toBeGreaterThanOrEqual(400);
    const { line, as, body } = await typicalOf('answerImport')(stage);
    for (const token of [enrolment, pack, ...others]) {
      const { status } = await call(line, { as: as as Caller, body: { ...(body as object), token } });
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});
