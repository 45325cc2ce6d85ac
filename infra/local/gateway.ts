import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Authorizer, type JwtConfiguration, makeAuthorizer } from './authorizer.ts';
import { toEvent } from './gateway-event.ts';
import type { Denial, Guard } from './iam.ts';
import type { LocalFunction } from './lambda.ts';
import { missingInvocation, permittedInvocations } from './permissions.ts';
import { type Invoked, payloadLimit } from './pool.ts';
import { type GatewayRoute, type Match, makeRoute, matchRoute } from './routes.ts';
import type { Stack } from './template.ts';

interface Destination {
  readonly target: LocalFunction;
  readonly authorize: Authorizer | undefined;
  readonly scopes: readonly string[];
  /** Why API Gateway may not invoke the function. */
  readonly refused: Denial | undefined;
}

export interface Gateway {
  readonly routes: readonly GatewayRoute<Destination>[];
  readonly stack: Stack;
  readonly id: string;
  readonly guard: Guard;
}

const bodyLimit = 10 * 1024 * 1024;
const headerLimit = 10_240;
const integrationMilliseconds = 30_000;

interface RouteProperties {
  readonly ApiId: string;
  readonly RouteKey: string;
  readonly Target: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
  readonly AuthorizationScopes?: string[];
}

/** Reads an HTTP API of the stack: routes, integrations, JWT authorizers. */
export function readGateway(
  stack: Stack,
  { functions, guard }: { readonly functions: readonly LocalFunction[]; readonly guard: Guard },
  id: string,
): Gateway {
  const integrations = new Map<string, LocalFunction>();
  for (const { id, properties } of stack.all<{ IntegrationUri: string }>('AWS::ApiGatewayV2::Integration')) {
    const target = functions.find(({ arn }) => properties.IntegrationUri.includes(arn));
    if (!target) throw new Error(`Integration ${id} does not lead to a function of the stack`);
    integrations.set(`integrations/${stack.place.stackName}-${id}`, target);
  }
  const authorizers = new Map(
    stack
      .all<{ JwtConfiguration: JwtConfiguration }>('AWS::ApiGatewayV2::Authorizer')
      .map(({ id, properties }) => [
        `${stack.place.stackName}-${id}`,
        makeAuthorizer(properties.JwtConfiguration),
      ]),
  );
  const permitted = permittedInvocations(stack, 'apigateway.amazonaws.com');
  const own = stack
    .all<RouteProperties>('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties.ApiId === id);
  const routes = own.map(({ id, properties }) => {
    const target = integrations.get(properties.Target);
    if (!target) throw new Error(`Route ${properties.RouteKey} (${id}) leads to no integration`);
    const authorize =
      properties.AuthorizationType === 'JWT' ? authorizers.get(properties.AuthorizerId ?? '') : undefined;
    if (properties.AuthorizationType === 'JWT' && !authorize)
      throw new Error(`Route ${properties.RouteKey} has no authorizer`);
    const refused = permitted.has(target.arn)
      ? undefined
      : missingInvocation(target.arn, 'apigateway.amazonaws.com');
    return makeRoute(properties.RouteKey, {
      target,
      authorize,
      scopes: properties.AuthorizationScopes ?? [],
      refused,
    });
  });
  return { routes, stack, guard, id };
}

/** Serves the HTTP API as API Gateway would (payload 2.0). `gateway` is asked at each request. */
export function serveGateway(gateway: () => Gateway | undefined): Server {
  const server = createServer(
    { maxHeaderSize: 128 * 1024, keepAliveTimeout: 30_000 },
    (request, response) => {
      const ready = gateway();
      if (!ready) return void end(response, 503, 'Service Unavailable');
      handle(ready, request, response).catch((error: unknown) => {
        if (!response.headersSent) end(response, 500, 'Internal Server Error');
        if (!(error instanceof Aborted)) console.error('The gateway failed:', error);
      });
    },
  );
  return server;
}

class Aborted extends Error {}

async function handle(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = `${randomBytes(11).toString('base64url')}=`;
  response.setHeader('apigw-requestid', requestId);
  const headerBytes = request.rawHeaders.reduce((sum, one) => sum + one.length, request.url?.length ?? 0);
  if (headerBytes > headerLimit) return end(response, 431, 'Request Header Fields Too Large');
  const [rawPath = '/', ...queries] = (request.url ?? '/').split('?');
  let match: Match<Destination> | undefined;
  try {
    match = matchRoute(gateway.routes, request.method ?? 'GET', rawPath);
  } catch {
    return end(response, 400, 'Bad Request');
  }
  if (!match) return end(response, 404, 'Not Found');
  const { target, authorize, scopes, refused } = match.route.to;
  const verdict = await authorize?.(request.headers.authorization, scopes);
  if (verdict && verdict.status !== 200) {
    response.setHeader('www-authenticate', verdict.challenge);
    return end(response, verdict.status, verdict.status === 401 ? 'Unauthorized' : 'Forbidden');
  }
  const body = await readBody(request);
  if (!body) {
    response.setHeader('connection', 'close');
    return end(response, 413, 'Request Entity Too Large');
  }
  const event = toEvent({
    account: gateway.stack.place.account,
    apiId: gateway.id,
    request,
    match,
    rawPath,
    query: queries.join('?'),
    body,
    requestId,
  });
  const jwt =
    verdict?.status === 200
      ? { authorizer: { jwt: { claims: verdict.claims, scopes: verdict.scopes } } }
      : {};
  const payload = { ...event, requestContext: { ...event.requestContext, ...jwt } };
  if (Buffer.byteLength(JSON.stringify(payload)) > payloadLimit)
    return end(response, 413, 'Request Entity Too Large');
  if (refused) gateway.guard.refuse(refused);
  const invoked = refused ? undefined : await within(target, payload);
  if (refused) return end(response, 500, 'Internal Server Error');
  if (!invoked) return end(response, 503, 'Service Unavailable');
  if (!invoked.ok) return end(response, 500, 'Internal Server Error');
  answer(response, JSON.parse(invoked.payload));
}

// The clock starts when a worker takes the request: in the cloud another one would have been started.
function within(target: LocalFunction, payload: unknown): Promise<Invoked | undefined> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const started = () => {
      timer = setTimeout(() => resolve(undefined), integrationMilliseconds);
    };
    target
      .invoke(payload, started)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyLimit) return resolve(undefined);
      chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(new Aborted('The caller went away')));
  });
}

interface Result {
  readonly statusCode?: number;
  readonly headers?: Record<string, string | number | boolean>;
  readonly cookies?: string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

function answer(response: ServerResponse, result: unknown): void {
  const structured = typeof result === 'object' && result !== null && 'statusCode' in result;
  if (!structured) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    return;
  }
  const { statusCode, headers = {}, cookies, body = '', isBase64Encoded } = result as Result;
  if (!Number.isInteger(statusCode) || typeof body !== 'string') {
    end(response, 500, 'Internal Server Error');
    return;
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (cookies) response.setHeader('set-cookie', cookies);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.writeHead(statusCode ?? 500).end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
}

function end(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}
