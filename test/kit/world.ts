import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { contexts } from '../../functions/contexts.ts';
import { commit, get } from '../../lib/aws/db.ts';
import type { GatewayEvent } from '../../lib/aws/request.ts';
import { serve } from '../../lib/aws/serve.ts';
import { asItself, within } from '../../lib/aws/tenant-session.ts';
import { newId } from '../../lib/aws/world.ts';
import type { Schedule, Subscriber } from '../../lib/kit/context.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nodeKey } from '../../lib/kit/keys.ts';
import { join } from '../../lib/kit/membership.ts';
import type { Role } from '../../lib/kit/permission.ts';
import { shellProblems } from '../../lib/kit/problem.ts';
import { reachAt } from '../../lib/kit/reach.ts';
import type { Route } from '../../lib/kit/route.ts';
import { platformWrites } from '../../lib/platform/bootstrap.ts';
import { actingAs, denials } from './rights.ts';
import { refusalLog } from './setup.ts';

/** A caller: what their access token claims. */
export interface Caller {
  readonly tenant: string;
  readonly person: string;
  readonly roles: readonly string[];
  readonly email: string;
  /** The provider above, for a customer's people. */
  readonly provider?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read what they know to be there
export interface Answer<B = any> {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: B;
}

export interface Sent {
  readonly as?: Caller;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

/** Sends as clients do that heed `Retry-After`: again, with the same key, while others are at the same thing. */
export async function persist(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send();
    if (answer.body?.code !== 'request.contended') return answer;
  }
}

// Whoever hands an event to a reaction: it runs as the function that the queue starts, in the session of the event's tenant.
for (const { name, subscribers = [], reactionNeeds = { table: [] } } of contexts)
  for (const one of subscribers.map((subscriber): { handle: Subscriber['handle'] } => subscriber)) {
    const { handle } = one;
    one.handle = (envelope) => {
      const work = () => handle(envelope);
      const { path } = envelope.tenant;
      return actingAs(`${name} reactions`, reactionNeeds, () =>
        path.length === 0 ? asItself(work) : asItself(() => within(Promise.resolve(reachAt(path)), work)),
      );
    };
  }

// Whoever starts a schedule: it runs as the function that the clock starts.
for (const { name, schedules = [], scheduleNeeds = { table: [] } } of contexts)
  for (const one of schedules.map((schedule): { run: Schedule['run'] } => schedule)) {
    const { run } = one;
    one.run = (now) => actingAs(`${name} schedules`, scheduleNeeds, () => run(now));
  }

/** A part of a schedule, run as the function that the clock starts. */
export const byClock =
  <A extends readonly unknown[], T>(name: string, work: (...args: A) => T) =>
  (...args: A): T => {
    const needs = contexts.find((one) => one.name === name)?.scheduleNeeds ?? { table: [] };
    return actingAs(`${name} schedules`, needs, () => work(...args));
  };

/** By method, those with the fewest names in their path first: what is spelled out goes before what is named. */
const served = Map.groupBy(
  contexts
    .flatMap((context) => {
      const handler = serve(context.routes);
      return context.routes.map((route) => ({ context, route, handler, pattern: toPattern(route) }));
    })
    .sort((one, other) => namesIn(one.route) - namesIn(other.route)),
  ({ route }) => route.method as string,
);

function namesIn({ path }: Route): number {
  return path.split('{').length;
}

function toPattern(route: Route): RegExp {
  return new RegExp(`^${route.path.replace(/[.:]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

interface Raw {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends a request through the real handler and the real engine; checks the reply against its route's record. */
export async function call(line: string, sent: Sent = {}): Promise<Answer> {
  return by.way ? by.way(line, sent, straight) : straight(line, sent);
}

/** For tests that look at, or change, whatever all others send: every `call` goes this way. */
export const by: { way?: (line: string, sent: Sent, next: typeof straight) => Promise<Answer> } = {};

async function straight(line: string, sent: Sent): Promise<Answer> {
  const { route, raw } = await send(line, sent);
  return check(route, raw);
}

/** The same where the store may be in trouble: unavailable (503) is an answer, too. */
export async function attempt(line: string, sent: Sent = {}): Promise<Answer> {
  const { route, raw } = await send(line, sent);
  if (raw.statusCode !== 503) return check(route, raw);
  return { status: 503, headers: raw.headers, body: JSON.parse(raw.body) };
}

async function send(line: string, sent: Sent): Promise<{ route: Route; raw: Raw }> {
  const [method = '', target = ''] = line.split(' ');
  const [path = '', query = ''] = target.split('?');
  const found = served.get(method)?.find(({ pattern }) => pattern.test(path));
  if (!found) throw new Error(`No route for ${method} ${path}`);
  const { context, route, handler, pattern } = found;
  const params = Object.fromEntries(
    Object.entries(pattern.exec(path)?.groups ?? {}).map(([k, v]) => [k, decodeURIComponent(v)]),
  );
  const event = toEvent(route, { path, query, params, sent });
  const handled = actingAs(`${context.name} api`, context.needs, () => handler(event, lambdaContext()));
  return { route, raw: (await handled) as Raw };
}

function toEvent(
  route: Route,
  request: { path: string; query: string; params: Record<string, string>; sent: Sent },
): GatewayEvent {
  const { path, query, params, sent } = request;
  const key =
    sent.key ??
    (route.method === 'POST' && (route.idempotency ?? 'required') === 'required' ? randomUUID() : undefined);
  const body = sent.text ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  return {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath: path,
    rawQueryString: query,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...sent.headers,
    },
    pathParameters: params,
    requestContext: {
      requestId: randomUUID(),
      http: { method: route.method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      ...(sent.as
        ? {
            authorizer: {
              jwt: {
                claims: {
                  tenant: sent.as.tenant,
                  person: sent.as.person,
                  roles: sent.as.roles.join(' '),
                  ...(sent.as.provider ? { provider: sent.as.provider } : {}),
                },
                scopes: ['quartermaster/api'],
              },
            },
          }
        : {}),
    },
    body,
    isBase64Encoded: false,
  } as unknown as GatewayEvent;
}

function check(route: Route, raw: Raw): Answer {
  const { statusCode: status, headers } = raw;
  const json = /\bjson\b/.test(headers['content-type'] ?? '');
  const body = raw.body === '' ? undefined : json ? JSON.parse(raw.body) : raw.body;
  if (status >= 500)
    throw new Error(`${route.id} answered ${status}: ${raw.body} ${JSON.stringify(denials.slice(-3))}`);
  if (status >= 400) {
    const declared = [...shellProblems, ...route.refuses].some(({ code }) => code === body.code);
    if (!declared) throw new Error(`${route.id} refused with ${body.code}, which it does not declare`);
    note(JSON.stringify({ route: route.id, code: body.code }));
  } else if (route.reply.body && json) {
    const result = route.reply.body.safeParse(body);
    if (!result.success) throw new Error(`${route.id} replied outside its schema: ${result.error.message}`);
  }
  return { status, headers, body };
}

const noted = new Set<string>();

/** Each kind of refusal once per process: `test/run.ts` asks for those that nobody has provoked. */
function note(refusal: string): void {
  if (noted.has(refusal)) return;
  noted.add(refusal);
  mkdirSync('coverage', { recursive: true });
  appendFileSync(refusalLog, `${refusal}\n`);
}

function lambdaContext() {
  return { getRemainingTimeInMillis: () => 20_000 } as never;
}

const founded = new Map<string, Promise<unknown>>();

async function found(): Promise<void> {
  const table = process.env.TABLE_NAME ?? '';
  const done =
    founded.get(table) ?? commit(platformWrites(), randomUUID(), Date.now() + 5000).catch(() => undefined);
  founded.set(table, done);
  await done;
}

/** Gives a new person roles at a node, below the API. */
export async function enlist(nodeId: string, roles: readonly Role[]): Promise<Caller> {
  await found();
  const person = newId('person', Date.now());
  const email = `${person.toLowerCase().replace('_', '.')}@people.example.com`;
  await commit(
    join({
      nodeId,
      personId: person,
      name: 'A Person',
      email,
      roles,
      version: 1,
      createdAt: new Date().toISOString(),
    }),
    randomUUID(),
    Date.now() + 5000,
  );
  const node = nodeId.startsWith('cus_') ? await get(nodeKey(nodeId), true) : undefined;
  const provider = node && String(node.path).split('/')[1];
  return { tenant: nodeId, person, roles, email, ...(provider ? { provider } : {}) };
}

/** A provider of one's own with its staff, made over the API by a platform operator. */
export interface Msp {
  readonly id: string;
  readonly operator: Caller;
  readonly handler: Caller;
  readonly system: Caller;
  readonly catalog: Caller;
  readonly reader: Caller;
}

export async function makeMsp(more: Record<string, unknown> = {}): Promise<Msp> {
  const operator = await enlist(platformId, ['PLATFORM_OPERATOR']);
  const handler = await enlist(platformId, ['HELP_DESK_HANDLER']);
  const unique = randomUUID().slice(0, 8);
  const { body } = await call('POST /v1/providers', {
    as: operator,
    body: {
      name: `MSP ${unique}`,
      hosting: 'SAAS',
      installation: 'FRESH',
      administrator: { name: 'First Admin', email: `first.${unique}@msp.example.com` },
      ...more,
    },
  });
  const [system, catalog, reader] = await Promise.all([
    enlist(body.id, ['SYSTEM_ADMINISTRATOR']),
    enlist(body.id, ['CATALOG_ADMINISTRATOR']),
    enlist(body.id, ['MSP_OPERATOR']),
  ]);
  return { id: body.id, operator, handler, system, catalog, reader };
}

/** Raises a ticket for MSP mode and approves it, both over the API. */
export async function enableMspMode(msp: Msp): Promise<void> {
  const raised = await call('POST /v1/tickets', {
    as: msp.catalog,
    body: { kind: 'MSP_MODE', subject: 'MSP mode', description: 'We serve several companies.' },
  });
  const approved = await call(`POST /v1/tickets/${raised.body.id}/approve`, {
    as: msp.handler,
    headers: { 'if-match': raised.headers.etag ?? '' },
  });
  if (approved.status !== 200) throw new Error(`MSP mode was not approved: ${JSON.stringify(approved.body)}`);
}

const enabling = new Map<string, Promise<void>>();

/** Sees to it, once per provider, that MSP mode is on. */
export function ensureMspMode(msp: Msp): Promise<void> {
  const done =
    enabling.get(msp.id) ??
    call('GET /v1/msp-mode', { as: msp.reader }).then(({ body }) =>
      body.state === 'ENABLED' ? undefined : enableMspMode(msp),
    );
  enabling.set(msp.id, done);
  return done;
}

/** A company of the provider's directory with people in it, made over the API. */
export async function addCompany(
  msp: Msp,
  more: { type?: string; name?: string; people?: number } = {},
): Promise<{ id: string; people: readonly { id: string; email: string }[] }> {
  const { type = 'CUSTOMER', name = `Company ${randomUUID().slice(0, 13)}`, people = 1 } = more;
  const company = await call('POST /v1/companies', { as: msp.catalog, body: { name, type } });
  const out: { id: string; email: string }[] = [];
  for (let index = 0; index < people; index++) {
    const unique = randomUUID();
    const { body } = await call(`POST /v1/companies/${company.body.id}/people`, {
      as: msp.catalog,
      body: { fullName: `Person ${index}`, loginName: unique, email: `${unique}@customer.example.com` },
    });
    out.push({ id: body.id, email: body.email });
  }
  return { id: company.body.id, people: out };
}

/** A customer with its first administrator, made over the API; MSP mode is switched on where it is not. */
export async function addCustomer(
  msp: Msp,
  more: Record<string, unknown> = {},
): Promise<{ id: string; admin: Caller }> {
  const [company] = await Promise.all([addCompany(msp), ensureMspMode(msp)]);
  const [person = { id: '', email: '' }] = company.people;
  const { status, body } = await call('POST /v1/customers', {
    as: msp.catalog,
    body: {
      companyId: company.id,
      accountManagerEmail: 'manager@msp.example.com',
      administrators: [person.id],
      ...more,
    },
  });
  if (status !== 201) throw new Error(`createCustomer answered ${status}: ${JSON.stringify(body)}`);
  return {
    id: body.id,
    admin: {
      tenant: body.id,
      person: person.id,
      roles: ['CUSTOMER_ADMINISTRATOR'],
      email: person.email,
      provider: msp.id,
    },
  };
}
