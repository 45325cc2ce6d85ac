import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomInt,
  randomUUID,
  sign,
} from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { contexts } from '../../functions/contexts.ts';
import { type AgentEvent, serveAgent } from '../../lib/aws/agent.ts';
import { commit, get } from '../../lib/aws/db.ts';
import { newId, secret } from '../../lib/aws/world.ts';
import { type AgentRoute, schemeOf } from '../../lib/kit/agent.ts';
import { nodeKey, probeCountsKey } from '../../lib/kit/keys.ts';
import { agentProblems } from '../../lib/kit/problem.ts';
import { addProbe as addProbeTo } from '../../lib/probes/setup.ts';
import { actingAs } from './rights.ts';
import { refusalLog } from './setup.ts';
import { type Answer, type Caller, call } from './world.ts';

/** A handler of its own: its buckets are those of one process. */
export type Handler = ReturnType<typeof serveAgent>;
const agentRoutes = contexts.flatMap(({ agent }) => agent?.routes ?? []);
export const agentHandler = (): Handler => serveAgent(agentRoutes);
const shared = agentHandler();

/** What a test changes of a call before it is sent. */
export interface Bent {
  readonly headers?: Record<string, string | undefined>;
  /** Bytes of the body in place of the JSON. */
  readonly bytes?: Buffer;
  readonly count?: number;
  readonly handler?: Handler;
  readonly from?: string;
  readonly query?: string;
}

/** An agent of the tests: its key pair, its machine, its count and, once enrolled, its certificate. */
export interface TestAgent {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  readonly host: string;
  /** Where agents call, for calls over HTTP; without it they go straight to the handler. */
  readonly url: string | undefined;
  count: number;
  certificate: string;
  probeId: string;
  customerId: string;
  send(line: string, body?: unknown, bent?: Bent): Promise<Answer>;
  enrol(enrolmentKey: string, bent?: Bent): Promise<Answer>;
  heartbeat(bent?: Bent): Promise<Answer>;
}

export const newHost = () => createHash('sha256').update(randomUUID()).digest('base64url');

/** Makes an agent that has not enrolled yet; `like` copies the secrets of another one. */
export function newAgent(
  like: Partial<Pick<TestAgent, 'host' | 'count' | 'certificate' | 'privateKey' | 'url'>> = {},
): TestAgent {
  const privateKey = like.privateKey ?? generateKeyPairSync('ed25519').privateKey;
  const { x: publicKey = '' } = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({
    format: 'jwk',
  });
  const agent: TestAgent = {
    publicKey,
    privateKey,
    host: like.host ?? newHost(),
    url: like.url,
    count: like.count ?? 0,
    certificate: like.certificate ?? '',
    probeId: '',
    customerId: '',
    send(line, body, bent = {}) {
      if (bent.count === undefined) agent.count++;
      const bytes = bent.bytes ?? Buffer.from(body === undefined ? '' : JSON.stringify(body));
      const headers = { ...signed(agent, line, bytes, bent.count ?? agent.count), ...bent.headers };
      return agent.url ? overHttp(agent.url, line, headers, bytes) : deliver(line, headers, bytes, bent);
    },
    async enrol(enrolmentKey, bent = {}) {
      const body = { enrolmentKey, publicKey };
      const answer = await agent.send('POST /v1/agent/enrol', body, { count: 0, ...bent });
      if (answer.status === 200) {
        agent.certificate = answer.body.certificate;
        agent.probeId = answer.body.probeId;
        agent.customerId = answer.body.customerId;
      }
      return answer;
    },
    heartbeat: (bent) => agent.send('POST /v1/agent/heartbeat', {}, bent),
  };
  return agent;
}

/** The headers of a call, signed as docs/agent-protocol.md says. */
export function signed(
  agent: Pick<TestAgent, 'privateKey' | 'host' | 'certificate'>,
  line: string,
  bytes: Buffer,
  count: number,
): Record<string, string> {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const text = [...line.split(' '), count, hash, agent.host].join('\n');
  const signature = sign(null, Buffer.from(text), agent.privateKey).toString('base64url');
  const scheme = schemeOf({ path: line.split(' ')[1] ?? '' });
  return {
    ...(agent.certificate ? { authorization: `${scheme} ${agent.certificate}` } : {}),
    'quartermaster-host': agent.host,
    'quartermaster-proof': `${count}.${signature}`,
    ...(bytes.length > 0 ? { 'content-type': 'application/json' } : {}),
  };
}

/** Sends a call through the real handler and the real engine; checks the answer against its route's record. */
export async function deliver(
  line: string,
  headers: Record<string, string | undefined>,
  bytes: Buffer,
  { handler = shared, from = anywhere(), query = '' }: Bent = {},
): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const found = agentRoutes
    .map((route) => ({ route, match: patternOf(route).exec(path) }))
    .find((one) => one.route.method === method && one.match);
  if (!found) throw new Error(`No agent route for ${line}`);
  const { route, match } = found;
  const event = {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath: path,
    rawQueryString: query,
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    pathParameters: { ...match?.groups },
    requestContext: {
      requestId: randomUUID(),
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: from, userAgent: 'test' },
    },
    ...(bytes.length > 0 ? { body: bytes.toString('base64') } : {}),
    isBase64Encoded: bytes.length > 0,
  } as unknown as AgentEvent;
  const context = { getRemainingTimeInMillis: () => 20_000 } as never;
  const of = contexts.find(({ agent }) => agent?.routes.includes(route));
  const needs = of?.agent?.needs ?? { table: [] };
  return check(route, (await actingAs(`${of?.name} agent`, needs, () => handler(event, context))) as Raw);
}

/** Calls of the tests come from everywhere, unless they say from where. */
const anywhere = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;

async function overHttp(
  url: string,
  line: string,
  headers: Record<string, string | undefined>,
  bytes: Buffer,
): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const set = Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: Object.fromEntries(set),
    ...(bytes.length > 0 ? { body: new Uint8Array(bytes) } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

interface Raw {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function check(route: AgentRoute, { statusCode: status, headers, body: text }: Raw): Answer {
  const body = text === '' ? undefined : JSON.parse(text);
  if (status >= 500) throw new Error(`${route.id} answered ${status}: ${text}`);
  if (status >= 400) {
    const declared = [...agentProblems, ...route.refuses].some(({ code }) => code === body.code);
    if (!declared) throw new Error(`${route.id} refused with ${body.code}, which it does not declare`);
    mkdirSync('coverage', { recursive: true });
    appendFileSync(refusalLog, `${JSON.stringify({ route: route.id, code: body.code })}\n`);
  } else if (route.reply.body) {
    const result = route.reply.body.safeParse(body);
    if (!result.success) throw new Error(`${route.id} replied outside its schema: ${result.error.message}`);
  }
  return { status, headers, body };
}

function patternOf(route: AgentRoute): RegExp {
  return new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** Adds a probe to a customer over the API. */
export async function addProbe(
  customerId: string,
  as: Caller,
): Promise<{ id: string; enrolmentKey: string }> {
  const { status, body } = await call(`POST /v1/customers/${customerId}/probes`, {
    as,
    body: { name: `Probe ${randomUUID().slice(0, 13)}` },
  });
  if (status !== 201) throw new Error(`createProbe answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** A probe of a customer with its agent, enrolled. */
export async function enrolledAgent(customerId: string, as: Caller): Promise<TestAgent> {
  const agent = newAgent();
  const { status, body } = await agent.enrol((await addProbe(customerId, as)).enrolmentKey);
  if (status !== 200) throw new Error(`enrolAgent answered ${status}: ${JSON.stringify(body)}`);
  return agent;
}

/** Puts a probe below the API, as one that was just added. */
export async function plantProbe(customerId: string): Promise<{ id: string; enrolmentKey: string }> {
  const id = newId('probe', Date.now());
  const counts = probeCountsKey(customerId);
  const [known, node] = await Promise.all([get(counts, true), get(nodeKey(customerId), true)]);
  const customer = { id: customerId, version: Number(node?.version) };
  const made = { id, secret: secret(32), now: new Date().toISOString(), exists: known !== undefined };
  const { writes, key } = addProbeTo(customer, { name: id }, made);
  await commit(writes, randomUUID(), Date.now() + 5000);
  return { id, enrolmentKey: key };
}
