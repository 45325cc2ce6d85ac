import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';

export interface JwtConfiguration {
  readonly Issuer: string;
  readonly Audience: readonly string[];
}

/** What the authorizer says of a request; `claims` are rendered as API Gateway does. */
export type Verdict =
  | { readonly status: 200; readonly claims: Record<string, string>; readonly scopes: string[] | null }
  | { readonly status: 401 | 403; readonly challenge: string };

export type Authorizer = (header: string | undefined, scopes: readonly string[]) => Promise<Verdict>;

const cacheMilliseconds = 5 * 60 * 1000;

/** The JWT authorizer of HTTP APIs: RS256, issuer, audience or client_id, exp, nbf, iat, scope. */
export function makeAuthorizer(configuration: JwtConfiguration, fetchKeys = discover): Authorizer {
  let keys: { at: number; set: Promise<JSONWebKeySet> } | undefined;
  const keySet = () => {
    if (!keys || Date.now() - keys.at > cacheMilliseconds) {
      const set = fetchKeys(configuration.Issuer);
      keys = { at: Date.now(), set };
      set.catch(() => {
        keys = undefined;
      });
    }
    return keys.set;
  };
  return async (header, scopes) => {
    if (!header) return { status: 401, challenge: 'Bearer' };
    const token = /^(?:bearer\s+)?(\S+)$/i.exec(header.trim())?.[1] ?? '';
    let payload: JWTPayload;
    try {
      payload = await verify(token, configuration, await keySet());
    } catch (error) {
      return {
        status: 401,
        challenge: `Bearer scope="${scopes.join(' ')}" error="invalid_token" error_description="${plain(error)}"`,
      };
    }
    const held = scopesOf(payload);
    if (scopes.length > 0 && !scopes.some((one) => held.includes(one))) {
      return {
        status: 403,
        challenge: `Bearer scope="${scopes.join(' ')}" error="insufficient_scope" error_description="the token does not include a required scope"`,
      };
    }
    return { status: 200, claims: flatten(payload), scopes: scopes.length > 0 ? [...scopes] : null };
  };
}

async function verify(
  token: string,
  { Issuer, Audience }: JwtConfiguration,
  keys: JSONWebKeySet,
): Promise<JWTPayload> {
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
    algorithms: ['RS256'],
    issuer: Issuer,
    requiredClaims: ['iss', 'exp'],
  });
  if (typeof protectedHeader.kid !== 'string') throw new Error('the token names no key');
  if (payload.iat !== undefined && payload.iat > Date.now() / 1000 + 1)
    throw new Error('the token is not valid yet');
  const audiences = payload.aud === undefined ? [payload.client_id] : [payload.aud].flat();
  if (!audiences.some((one) => Audience.includes(String(one))))
    throw new Error('the token does not have a valid audience');
  return payload;
}

async function discover(issuer: string): Promise<JSONWebKeySet> {
  const document = await getJson<{ jwks_uri: string }>(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  );
  return getJson<JSONWebKeySet>(document.jwks_uri);
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error('the issuer cannot be reached');
  return (await response.json()) as T;
}

function scopesOf({ scope, scp }: JWTPayload): string[] {
  const said = scope ?? scp;
  return Array.isArray(said)
    ? said.map(String)
    : String(said ?? '')
        .split(' ')
        .filter(Boolean);
}

/** Every claim as text: arrays as `[a b]`, objects as `map[k:v]`. */
export function flatten(payload: JWTPayload): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, render(value)]));
}

function render(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(render).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `map[${Object.entries(value)
    .map(([name, one]) => `${name}:${render(one)}`)
    .join(' ')}]`;
}

function plain(error: unknown): string {
  return (error instanceof Error ? error.message : 'unreadable')
    .replace(/[^\x20-\x7e]|"/g, "'")
    .slice(0, 200);
}
