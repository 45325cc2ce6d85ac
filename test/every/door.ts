import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { contexts } from '../../functions/contexts.ts';
import type { GatewayEvent } from '../../lib/aws/request.ts';
import { serve } from '../../lib/aws/serve.ts';
import { shellProblems } from '../../lib/kit/problem.ts';
import type { Route } from '../../lib/kit/route.ts';
import { actingAs } from '../kit/rights.ts';
import { refusalLog } from '../kit/setup.ts';
import type { Caller } from '../kit/world.ts';

/** A request as the gateway hands it on, taken apart. */
export interface Wire {
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly base64?: boolean;
}

/** An answer as the function gives it. */
export interface Raw {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who sends it: claims of a token that the gateway has verified, or nobody. */
export type Claims = Readonly<Record<string, string>> | undefined;

export const claimsOf = ({ tenant, person, roles, provider }: Caller): Claims => ({
  ...{ tenant, person, roles: roles.join(' ') },
  ...(provider ? { provider } : {}),
});

export const routes: readonly Route[] = contexts.flatMap((context) => context.routes);
const handlers = new Map(
  contexts.flatMap((context) => {
    const handler = serve(context.routes) as unknown as (event: unknown, context: unknown) => Promise<Raw>;
    const acting = (event: unknown, lambda: unknown) =>
      actingAs(`${context.name} api`, context.needs, () => handler(event, lambda));
    return context.routes.map((route) => [route, acting] as const);
  }),
);
const lambda = { getRemainingTimeInMillis: () => 20_000 };

/** The request that a line and what is sent along with it make of a route's record; `call` says the same. */
export function wireOf(
  route: Route,
  line: string,
  sent: { body?: unknown; text?: string; headers?: Record<string, string>; key?: string },
): Wire {
  const [path = '', query = ''] = (line.split(' ')[1] ?? '').split('?');
  const names = route.path.split('/');
  const params = Object.fromEntries(
    path
      .split('/')
      .flatMap((part, at) =>
        names[at]?.includes('{') ? [[nameOf(names[at]), decodeURIComponent(part)] as const] : [],
      ),
  );
  const needsKey = route.method === 'POST' && (route.idempotency ?? 'required') === 'required';
  const key = sent.key ?? (needsKey ? randomUUID() : undefined);
  const body = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  return {
    ...{ params, query },
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...sent.headers,
    },
    body,
  };
}

const nameOf = (part = '') => /\{(\w+)\}/.exec(part)?.[1] ?? '';

/** The path of a request. */
export const pathOf = (route: Pick<Route, 'path'>, params: Wire['params']): string =>
  route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));

/** Sends it through the real handler, and tells the answer as it is. */
export function knock(route: Route, wire: Wire, claims: Claims): Promise<Raw> {
  const handler = handlers.get(route);
  if (!handler) throw new Error(`Nothing serves ${route.id}`);
  const event = {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath: route.path,
    rawQueryString: wire.query,
    headers: wire.headers,
    pathParameters: wire.params,
    requestContext: {
      requestId: randomUUID(),
      http: { method: route.method, path: route.path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      ...(claims ? { authorizer: { jwt: { claims, scopes: ['quartermaster/api'] } } } : {}),
    },
    body: wire.body,
    isBase64Encoded: wire.base64 === true,
  } as unknown as GatewayEvent;
  return handler(event, lambda);
}

const ofTheShell = new Set(shellProblems.map(({ code }) => code));
const noted = new Set<string>();

/** A refusal of a route's own, for `test/run.ts`, which asks for those that nobody has provoked. */
export function noteRefusal(route: { readonly id: string }, code: string): void {
  const line = JSON.stringify({ route: route.id, code });
  if (ofTheShell.has(code) || noted.has(line)) return;
  noted.add(line);
  mkdirSync('coverage', { recursive: true });
  appendFileSync(refusalLog, `${line}\n`);
}
