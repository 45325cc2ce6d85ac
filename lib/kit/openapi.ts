import * as z from 'zod';
import type { AgentRoute } from './agent.ts';
import type { Context } from './context.ts';
import { delegated, delegatedRoles } from './delegable.ts';
import { type Permission, roles } from './permission.ts';
import { agentProblems, type ProblemType, shellProblems } from './problem.ts';
import { flag, pageQuery, type Route, retryOf } from './route.ts';

type Json = Record<string, unknown>;

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  }) as Json;
  return rest;
};

/** The OpenAPI 3.1 description of every route of the contexts. Pure: the same records give the same document. */
export function openapi(
  contexts: readonly Context[],
  info: { title: string; version: string; description: string },
): Json {
  const paths: Record<string, Json> = {};
  for (const { name, routes, agent } of contexts) {
    for (const route of routes) {
      paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
    }
    for (const route of agent?.routes ?? [])
      paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: agentOperation(route) };
  }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: [
      ...contexts.map(({ name }) => ({ name })),
      ...(contexts.some(({ agent }) => agent) ? [{ name: agents, description: agentsDescription }] : []),
    ],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ...(contexts.some(({ agent }) => agent) ? { certificate } : {}),
      },
      schemas: { Problem: problemSchema },
    },
  };
}

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457. Further members say more where a code needs it.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Stable for ever' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string', description: 'JSON pointer' }, message: { type: 'string' } },
      },
    },
  },
};

function operation(tag: string, route: Route): Json {
  const open = route.permission === 'public';
  return {
    operationId: route.id,
    tags: [tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    'x-permission': route.permission,
    'x-retry': retryOf(route),
    security: open ? [] : [{ token: [] }],
    parameters: parameters(route),
    ...(route.body ? { requestBody: requestBody(route) } : {}),
    responses: { ...success(route), ...refusals(route) },
  };
}

const agents = 'agents';
const agentsDescription =
  'What the programs at the customers call that stand for probes or machines: at an address of their own, with a certificate and a signature, never with a token. docs/agent-protocol.md has the whole conversation.';
const certificate: Json = {
  type: 'apiKey',
  in: 'header',
  name: 'authorization',
  description:
    '`Probe <certificate>`, of machines `Machine <certificate>`, together with the headers `Quartermaster-Host` and `Quartermaster-Proof`',
};

function agentOperation(route: AgentRoute): Json {
  const body = route.body ? { schema: jsonSchema(route.body, 'input') } : undefined;
  const packed = route.maxInflatedBytes === undefined ? {} : { 'application/gzip': {} };
  return {
    operationId: route.id,
    tags: [agents],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    servers: [{ url: '{agentUrl}', variables: { agentUrl: { default: '/' } } }],
    'x-permission': route.permission,
    'x-retry': 'safe',
    security: route.permission === 'open' ? [] : [{ certificate: [] }],
    parameters: [
      ...Object.entries(route.params?.shape ?? {}).map(([name, schema]) =>
        parameter('path', name, schema as z.ZodType),
      ),
      ...agentHeaders,
    ],
    ...(body ? { requestBody: { required: true, content: { 'application/json': body, ...packed } } } : {}),
    responses: {
      [route.reply.status]: {
        description: route.summary,
        ...(route.reply.body
          ? { content: { 'application/json': { schema: jsonSchema(route.reply.body, 'input') } } }
          : {}),
      },
      ...refusalsOf([...agentProblems, ...route.refuses]),
    },
  };
}

const agentHeaders: Json[] = [
  {
    name: 'Quartermaster-Host',
    in: 'header',
    required: true,
    description: 'The same on one machine, for example a hash of its machine id',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{16,64}$' },
  },
  {
    name: 'Quartermaster-Proof',
    in: 'header',
    required: true,
    description:
      '`<count>.<signature>`: Ed25519 over method, path, count, SHA-256 of the body in hexadecimal, and host, joined by line feeds; base64url',
    schema: { type: 'string', pattern: '^(0|[1-9][0-9]{0,15})\\.[A-Za-z0-9_-]{86}$' },
  },
];

function parameters(route: Route): Json[] {
  const query: z.core.$ZodShape = {
    ...(route.query?.shape ?? {}),
    ...(route.page ? pageQuery : {}),
    ...(route.dryRun ? { dryRun: flag.default(false).describe('Decide and answer, write nothing') } : {}),
  };
  return [
    ...Object.entries(route.params?.shape ?? {}).map(([name, schema]) =>
      parameter('path', name, schema as z.ZodType),
    ),
    ...Object.entries(query).map(([name, schema]) => parameter('query', name, schema as z.ZodType)),
    ...(route.method === 'POST' && route.idempotency !== 'none' ? [idempotencyHeader(route)] : []),
    ...(route.ifMatch ? [{ ...ifMatchHeader, required: route.ifMatch === true }] : []),
    ...(isDelegable(route) ? [sessionHeader] : []),
  ];
}

// Where a delegated session may get anywhere: on what a path names, unless the record says no.
const isDelegable = ({ target, permission, undelegated }: Route): boolean =>
  target !== undefined &&
  'param' in target &&
  !undelegated &&
  delegated(delegatedRoles, [...roles.PROVIDER, ...roles.RESELLER]).has(permission as Permission);

const sessionHeader: Json = {
  name: 'Quartermaster-Session',
  in: 'header',
  required: false,
  description:
    'The token of a delegated session, beside your own access token: the request is made on behalf of the customer, and its answer carries the header `quartermaster-session` with the session’s id and end',
  schema: { type: 'string', maxLength: 200 },
};

function parameter(where: 'path' | 'query', name: string, schema: z.ZodType): Json {
  const { description, ...rest } = jsonSchema(schema, 'input');
  const required = where === 'path' || !schema.safeParse(undefined).success;
  return { name, in: where, required, ...(description ? { description } : {}), schema: rest };
}

const idempotencyHeader = (route: Route): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: (route.idempotency ?? 'required') === 'required',
  description: `The same key and request of the same person within 24 hours changes things once and answers the same; another request with it is 422. ${
    route.permission === 'end-user'
      ? 'Keys are yours here: what others choose does not matter'
      : 'Keys belong to your organization here: one that somebody else used is 422 as well'
  }`,
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
});

const ifMatchHeader: Json = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag that you read; 412 when the resource has changed since',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

function requestBody(route: Route): Json {
  const schema = route.body ? jsonSchema(route.body, 'input') : {};
  const media = route.accepts ?? ['application/json'];
  return { required: true, content: Object.fromEntries(media.map((type) => [type, { schema }])) };
}

function success(route: Route): Json {
  const { status, body, media = 'application/json' } = route.reply;
  const answer: Json = {
    description: route.summary,
    headers: answerHeaders(route),
    ...(body ? { content: { [media]: { schema: jsonSchema(body, 'input') } } } : {}),
  };
  const { content: _, ...bare } = answer;
  return {
    [status]: status === 204 ? bare : answer,
    ...(route.dryRun && status !== 200 ? { 200: { ...answer, description: 'Dry run' } } : {}),
  };
}

const text = (description: string): Json => ({ description, schema: { type: 'string' } });

function answerHeaders(route: Route): Json {
  const { status, body, media } = route.reply;
  const single = !route.page && body !== undefined && media === undefined && status !== 204;
  return {
    ...(single
      ? { ETag: text('Version of what is answered, where it has one: send it as If-Match to change it') }
      : {}),
    ...([201, 202].includes(route.reply.status) ? { Location: text('Where what was made is read') } : {}),
    ...(route.method === 'POST' && route.idempotency !== 'none'
      ? { 'Idempotent-Replayed': text('`true` where the answer of an earlier, equal request is given again') }
      : {}),
    ...(route.dryRun ? { 'Quartermaster-Dry-Run': text('`true` where nothing was written') } : {}),
  };
}

function refusals(route: Route): Json {
  return refusalsOf([...shellProblems.filter((each) => applies(each, route)), ...route.refuses]);
}

function refusalsOf(types: readonly ProblemType[]): Json {
  const byStatus = new Map<number, ProblemType[]>();
  for (const one of types) {
    const known = byStatus.get(one.status) ?? [];
    if (!known.some(({ code }) => code === one.code)) byStatus.set(one.status, [...known, one]);
  }
  const entries = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    entries.map(([status, types]) => [
      status,
      {
        description: types.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
        ...(types.some(({ retryable }) => retryable)
          ? { headers: { 'Retry-After': text('Seconds; with the codes that may pass by themselves') } }
          : {}),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function applies({ code, status }: ProblemType, route: Route): boolean {
  if (route.permission === 'public') return [400, 404, 500].includes(status);
  if (status === 412) return route.ifMatch !== undefined;
  if (status === 428) return route.ifMatch === true;
  if (status === 413 || status === 415) return route.body !== undefined;
  if (code.startsWith('idempotency.')) return route.method === 'POST' && route.idempotency !== 'none';
  if (code === 'request.contended') return route.method !== 'GET';
  return true;
}
