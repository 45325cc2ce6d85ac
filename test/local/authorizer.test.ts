import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authorizer, flatten, makeAuthorizer } from '../../infra/local/authorizer.ts';

const issuer = 'https://issuer.example';
const now = Math.floor(Date.now() / 1000);
const good = {
  iss: issuer,
  aud: 'quartermaster',
  scope: 'openid quartermaster/api',
  sub: 's',
  iat: now,
  exp: now + 600,
};
const scopes = ['quartermaster/api'];

let key: CryptoKey;
let stranger: CryptoKey;
let jwk: JWK;
let authorize: Authorizer;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  stranger = (await generateKeyPair('RS256')).privateKey;
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const configuration = { Issuer: issuer, Audience: ['quartermaster'] };
  authorize = makeAuthorizer(configuration, async () => ({ keys: [jwk] }));
});

const sign = (claims: object, header: object = {}, by = key) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(by);
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const without = (name: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([one]) => one !== name));

const bad: Record<string, () => Promise<string> | string> = {
  'no signature': () => `${encode({ alg: 'none', kid: 'k1' })}.${encode(good)}.`,
  'a signature by the public key as secret': () =>
    new SignJWT({ ...good })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(jwk))),
  'another key': () => sign(good, {}, stranger),
  'an unknown key id': () => sign(good, { kid: 'k2' }),
  'no key id': () => sign(good, { kid: undefined }),
  'its own key in the header': () => sign(good, { jwk, kid: 'k9' }, stranger),
  'a critical header': () => sign(good, { crit: ['exp'], exp: 1 }).catch(() => 'x.y.z'),
  'another issuer': () => sign({ ...good, iss: 'https://other.example' }),
  'no issuer': () => sign(without('iss')),
  'another audience': () => sign({ ...good, aud: 'other' }),
  'no audience': () => sign(without('aud')),
  'another client': () => sign({ ...without('aud'), client_id: 'other' }),
  'no expiry': () => sign(without('exp')),
  'a past expiry': () => sign({ ...good, exp: now - 1 }),
  'a later beginning': () => sign({ ...good, nbf: now + 60 }),
  'an issue time to come': () => sign({ ...good, iat: now + 60 }),
  'a changed body': async () => {
    const [header, , signature] = (await sign(good)).split('.');
    return `${header}.${encode({ ...good, sub: 'root' })}.${signature}`;
  },
  'three parts of nothing': () => '..',
  'a word': () => 'token',
};

describe('a token with', () => {
  it.each(Object.keys(bad))('%s is refused with 401', async (name) => {
    const verdict = await authorize(`Bearer ${await bad[name]?.()}`, scopes);
    expect(verdict.status).toBe(401);
  });

  it.each<[string, object]>([
    ['an audience', good],
    ['an audience list', { ...good, aud: ['x', 'quartermaster'] }],
    ['a client id instead of an audience', { ...without('aud'), client_id: 'quartermaster' }],
    ['its scopes in scp', { ...without('scope'), scp: ['quartermaster/api'] }],
  ])('%s is let in', async (_name, claims) => {
    expect((await authorize(`Bearer ${await sign(claims)}`, scopes)).status).toBe(200);
  });

  it('no scope of the route is refused with 403', async () => {
    expect((await authorize(`Bearer ${await sign({ ...good, scope: 'openid' })}`, scopes)).status).toBe(403);
    expect((await authorize(`Bearer ${await sign(without('scope'))}`, scopes)).status).toBe(403);
  });
});

it('lets nobody in without a header', async () => {
  expect(await authorize(undefined, scopes)).toEqual({ status: 401, challenge: 'Bearer' });
});

it('renders every claim as text', () => {
  const claims = { roles: ['A', 'B'], verified: true, exp: 12, nested: { a: 1, b: ['x'] } };
  expect(flatten(claims as never)).toEqual({
    roles: '[A B]',
    verified: 'true',
    exp: '12',
    nested: 'map[a:1 b:[x]]',
  });
});
