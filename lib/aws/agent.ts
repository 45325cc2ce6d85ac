import { createHash } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type AgentInput, type AgentRoute, type Holder, schemeOf } from '../kit/agent.ts';
import { buckets } from '../kit/bucket.ts';
import { readCertificate } from '../kit/certificate.ts';
import { platformId } from '../kit/id.ts';
import { nodeKey } from '../kit/keys.ts';
import {
  agentProblems,
  agentUnauthenticated,
  notFound,
  Problem,
  tooManyCalls,
  unavailable,
  unexpected,
} from '../kit/problem.ts';
import { type Claimed, isSigned, markOf, readProof } from '../kit/proof.ts';
import { type Reach, reachAt } from '../kit/reach.ts';
import { parseCall, rawBody } from './agent-body.ts';
import { get, LostRace } from './db.ts';
import { log } from './log.ts';
import { standing } from './place.ts';
import { toProblemResponse, toResponse } from './reply.ts';
import { header } from './request.ts';
import { secretKey } from './secret-key.ts';
import { asItself, within } from './tenant-session.ts';
import { now } from './world.ts';

/** What agents' gateway sends: an HTTP API's event without authorizer. */
export type AgentEvent = APIGatewayProxyEventV2;

/** Calls that one probe or machine may send: at once, and a second on average. In each process by itself; the stage bounds the sum. */
const pace = { burst: 30, perSecond: 1 };

/**
 * The key that makes certificates.
 * @throws `service.unavailable` where it cannot be read.
 */
export const agentKey = (): Promise<Buffer> =>
  secretKey('AGENT_SECRET_ARN').catch((error: unknown) => {
    log().error('the key of certificates cannot be read', { error: error as Error });
    throw new Problem(unavailable);
  });

/**
 * A Lambda handler for the HTTP API of agents: certificate, signature, pace, body, then the route. Nothing is read or
 * written before a call has proved itself and kept its pace.
 */
export function serveAgent(routes: readonly AgentRoute[]) {
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const take = buckets(pace);
  let current = 'unknown';
  const dispatch = async (event: AgentEvent) => {
    const route = byKey.get(event.routeKey);
    const { requestId } = event.requestContext;
    current = requestId;
    const startedAt = performance.now();
    let response: APIGatewayProxyStructuredResultV2;
    const met: Met = {};
    try {
      if (!route) throw new Problem(notFound);
      const input = await prove(route, event, take, met);
      const { credential } = input.proven ?? {};
      const handle = () => route.handle(input as never);
      const done = await asItself(() => (credential ? ofHolder(credential, handle) : handle()));
      response = toResponse(route, done);
    } catch (error) {
      response = refusal(asRefusal(route, error), requestId, route && schemeOf(route));
    }
    log().info('agent call', {
      route: route?.id ?? event.routeKey,
      requestId,
      status: response.statusCode ?? 0,
      ms: Math.round(performance.now() - startedAt),
      ...met,
    });
    return response;
  };
  return middy<AgentEvent, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: 250,
    timeoutEarlyResponse: (async () => refusal(new Problem(unavailable), current)) as unknown as () => never,
  }).handler(dispatch as never);
}

const moved = new Map<string, Reach>();
const mostMoved = 1000;

// The certificate is ours: it says whose probe or machine calls. Who looks after that may be another by now: then what
// is stored says it, to this call, which is heard as one that is sent again, and to those that follow.
async function ofHolder<T>(held: Holder, work: () => Promise<T>): Promise<T> {
  const { customerId } = held;
  const provider = 'providerId' in held ? [held.providerId] : [];
  const said = moved.get(customerId) ?? reachAt([platformId, ...provider, customerId]);
  try {
    return await within(Promise.resolve(said), work);
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedException') throw error;
    const node = await standing(await get(nodeKey(customerId), true));
    const reach = node && reachAt(node.path);
    if (!reach || JSON.stringify(reach) === JSON.stringify(said)) throw error;
    if (moved.size > mostMoved) moved.clear();
    moved.set(customerId, reach);
    return within(Promise.resolve(reach), work);
  }
}

/** Whose certificate was right: for the log. */
interface Met {
  probe?: string;
  machine?: string;
}

async function prove(
  route: AgentRoute,
  event: AgentEvent,
  take: ReturnType<typeof buckets>,
  met: Met,
): Promise<AgentInput> {
  const { requestId, http } = event.requestContext;
  const bytes = rawBody(route, event);
  const bodyHash = createHash('sha256').update(bytes).digest('hex');
  const claimed = readProof(header(event, 'quartermaster-proof'), header(event, 'quartermaster-host'));
  if (!claimed) throw new Problem(agentUnauthenticated);
  const signedBy = (publicKey: string) =>
    isSigned(
      { method: http.method, path: event.rawPath, count: claimed.count, bodyHash, host: claimed.host },
      claimed.signature,
      publicKey,
    );
  const common = { now: now(), requestId, host: claimed.host };
  if (route.permission === 'open') {
    keepPace(take, `from ${http.sourceIp}`);
    const call = parseCall(route, event, bytes);
    const { publicKey } = call.body as { publicKey: string };
    if (claimed.count !== 0 || !signedBy(publicKey)) throw new Problem(agentUnauthenticated);
    return { ...common, ...call } as AgentInput;
  }
  const credential = await readCredential(route, event);
  if (!credential || claimed.count === 0 || !signedBy(credential.publicKey))
    throw new Problem(agentUnauthenticated);
  const [kind, id] =
    'probeId' in credential
      ? (['probe', credential.probeId] as const)
      : (['machine', credential.machineId] as const);
  met[kind] = id;
  keepPace(take, id);
  const proven = provenBy(credential, claimed);
  return { ...common, ...parseCall(route, event, bytes), proven } as AgentInput;
}

// A certificate of a probe is none to a machine's route, and the other way round, whatever word stands before it.
async function readCredential(route: AgentRoute, event: AgentEvent): Promise<Holder | undefined> {
  const scheme = schemeOf(route);
  const [, said, certificate] =
    /^(Probe|Machine) ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/.exec(header(event, 'authorization') ?? '') ?? [];
  if (certificate === undefined || said !== scheme) return undefined;
  const held = readCertificate(certificate, await agentKey());
  return held && 'probeId' in held === (scheme === 'Probe') ? held : undefined;
}

const provenBy = (credential: Holder, { count, host, signature }: Claimed) => ({
  credential,
  count,
  host,
  mark: markOf(signature),
});

function keepPace(take: ReturnType<typeof buckets>, name: string): void {
  const retryAfterSeconds = take(name, Date.now());
  if (retryAfterSeconds > 0)
    throw new Problem(tooManyCalls, `Send the next call after ${retryAfterSeconds} s`, {
      data: { retryAfterSeconds },
    });
}

function asRefusal(route: AgentRoute | undefined, error: unknown): Problem {
  if (error instanceof LostRace) return new Problem(unavailable);
  if (!(error instanceof Problem)) {
    log().error('unexpected', { route: route?.id, error: error as Error });
    return new Problem(unexpected);
  }
  const declared = [...agentProblems, ...(route?.refuses ?? [])];
  if (!declared.some(({ code }) => code === error.type.code))
    log().error('contract breach: undeclared refusal', { route: route?.id, code: error.type.code });
  return error;
}

function refusal(
  problem: Problem,
  requestId: string,
  scheme: ReturnType<typeof schemeOf> = 'Probe',
): APIGatewayProxyStructuredResultV2 {
  const response = toProblemResponse(problem, requestId);
  const { retryAfterSeconds } = problem.data;
  return {
    ...response,
    headers: {
      ...response.headers,
      ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {}),
      ...(problem.type.status === 401 ? { 'www-authenticate': scheme } : {}),
    },
  };
}
