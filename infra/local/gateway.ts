import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Authorizer, type JwtConfiguration, makeAuthorizer } from './authorizer.ts';
import type { Denial, Guard } from './iam.ts';
import { type Invoked, type LocalFunction, payloadLimit } from './lambda.ts';
import { apiId } from './names.ts';
import { missingInvocation, permittedInvocations } from './permissions.ts';
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
  readonly RouteKey: string;
  readonly Target: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
  readonly AuthorizationScopes?: string[];
}

/** Reads the stack's HTTP API: routes, integrations, JWT authorizers. */
export function readGateway(stack: Stack, functions: readonly LocalFunction[], guard: Guard): Gateway {
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
  const routes = stack.all<RouteProperties>('AWS::ApiGatewayV2::Route').map(({ id, properties }) => {
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
  const api = stack.all('AWS::ApiGatewayV2::Api')[0];
  return { routes, stack, guard, id: apiId(`${stack.place.stackName}-${api?.id}`) };
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
  const event = toEvent({ gateway, request, match, rawPath, query: queries.join('?'), body, requestId });
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

interface Arrived {
  readonly gateway: Gateway;
  readonly request: IncomingMessage;
  readonly match: Match<Destination>;
  readonly rawPath: string;
  readonly query: string;
  readonly body: Buffer;
  readonly requestId: string;
}

function toEvent({ gateway, request, match, rawPath, query, body, requestId }: Arrived) {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(/;\s*/));
    else headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const now = new Date();
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`;
  }
  const text = isText(headers['content-type']);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: decodeURI(rawPath),
    rawQueryString: query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
      'x-forwarded-for': headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${sourceIp}` : sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query ? { queryStringParameters: parameters } : {}),
    ...(Object.keys(match.parameters).length > 0 ? { pathParameters: match.parameters } : {}),
    requestContext: {
      accountId: gateway.stack.place.account,
      apiId: gateway.id,
      domainName: request.headers.host ?? '',
      domainPrefix: gateway.id,
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.key,
      stage: '$default',
      time: clf(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !text,
  };
}

// Common log format: 21/Nov/2026:04:05:06 +0000.
function clf(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

function isText(contentType: string | undefined): boolean {
  const media = (contentType ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '';
  return (
    media.startsWith('text/') ||
    ['application/json', 'application/javascript', 'application/xml'].includes(media)
  );
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
