import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OAuth2Server } from 'oauth2-mock-server';
import type { LocalFunction } from './lambda.ts';
import { taken } from './listen.ts';

/** The local OIDC issuer: real RS256 tokens with the claims that the stack's own sign-in trigger adds. */
export interface Issuer {
  readonly url: string;
  /** Throws when the trigger refuses the address. */
  token(email: string): Promise<string>;
  stop(): Promise<void>;
}

export const audience = 'quartermaster';
export const scope = 'quartermaster/api';
const lifetimeSeconds = 3600;

/** `trigger` is the stack's pre-token function, asked at each sign-in. */
export async function startIssuer(options: {
  port: number;
  dir?: string | undefined;
  trigger: () => LocalFunction | undefined;
}): Promise<Issuer> {
  const server = new OAuth2Server(undefined, undefined, { endpoints: { token: '/oauth2/token' } });
  await loadKey(server, options.dir && join(options.dir, 'issuer-key.json'));
  const token = async (email: string) => {
    const trigger = options.trigger();
    if (!trigger) throw new Error('The stack is starting.');
    const claims = await signIn(trigger, email);
    return server.issuer.buildToken({
      expiresIn: lifetimeSeconds,
      scopesOrTransform: (_header, payload) => void Object.assign(payload, claims),
    });
  };
  server.service.addRoute('POST', '/token', async (request, response) => {
    const { email } = (request.body ?? {}) as { email?: unknown };
    const send = (status: number, body: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(body));
    if (typeof email !== 'string' || !email.includes('@')) {
      return void send(400, { error: 'invalid_request', error_description: 'Send email=<address>.' });
    }
    try {
      const access_token = await token(email);
      send(200, { access_token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope });
    } catch (error) {
      send(400, { error: 'invalid_grant', error_description: (error as Error).message });
    }
  });
  try {
    await server.start(options.port, '127.0.0.1');
  } catch (error) {
    throw taken(error as NodeJS.ErrnoException, options.port, 'issuer');
  }
  const url = `http://127.0.0.1:${server.address().port}`;
  server.issuer.url = url;
  return { url, token, stop: () => server.stop() };
}

async function loadKey(server: OAuth2Server, file: string | undefined): Promise<void> {
  if (file && existsSync(file)) {
    await server.issuer.keys.add(JSON.parse(readFileSync(file, 'utf8')));
    return;
  }
  await server.issuer.keys.generate('RS256');
  if (file) writeFileSync(file, JSON.stringify(server.issuer.keys.toJSON(true)[0]), { mode: 0o600 });
}

interface TriggerAnswer {
  readonly response?: {
    readonly claimsAndScopeOverrideDetails?: {
      readonly accessTokenGeneration?: {
        readonly claimsToAddOrOverride?: Record<string, unknown>;
        readonly claimsToSuppress?: string[];
        readonly scopesToAdd?: string[];
        readonly scopesToSuppress?: string[];
      } | null;
    } | null;
  };
}

async function signIn(trigger: LocalFunction, email: string): Promise<Record<string, unknown>> {
  const sub = createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 32);
  const invoked = await trigger.invoke({
    version: '2',
    triggerSource: 'TokenGeneration_Authentication',
    region: 'us-east-1',
    userPoolId: 'us-east-1_local',
    userName: sub,
    callerContext: { awsSdkVersion: 'local', clientId: audience },
    request: {
      userAttributes: { sub, email, email_verified: 'true', 'cognito:user_status': 'CONFIRMED' },
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes: ['openid', 'email', scope],
    },
    response: { claimsAndScopeOverrideDetails: null },
  });
  const answer = JSON.parse(invoked.payload) as TriggerAnswer & { errorMessage?: string };
  if (!invoked.ok)
    throw new Error(`PreTokenGeneration failed with error ${answer.errorMessage ?? invoked.kind}.`);
  const change = answer.response?.claimsAndScopeOverrideDetails?.accessTokenGeneration ?? {};
  const scopes = ['openid', 'email', scope, ...(change.scopesToAdd ?? [])].filter(
    (one) => !change.scopesToSuppress?.includes(one),
  );
  const claims: Record<string, unknown> = {
    sub,
    aud: audience,
    client_id: audience,
    username: sub,
    token_use: 'access',
    version: 2,
    auth_time: Math.floor(Date.now() / 1000),
    jti: randomUUID(),
    scope: scopes.join(' '),
    ...change.claimsToAddOrOverride,
  };
  for (const name of change.claimsToSuppress ?? []) delete claims[name];
  return claims;
}
