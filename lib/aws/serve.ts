import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context as LambdaContext } from 'aws-lambda';
import { digest } from '../kit/digest.ts';
import type { Kind } from '../kit/id.ts';
import { claimKey, type Key, memberKey, nodeKey } from '../kit/keys.ts';
import type { Item, Plan, Reply, Write } from '../kit/plan.ts';
import {
  contended,
  keyReused,
  notFound,
  Problem,
  shellProblems,
  unavailable,
  unexpected,
} from '../kit/problem.ts';
import type { Input, LoadInput, Route } from '../kit/route.ts';
import type { Scope } from '../kit/scope.ts';
import { authorize, type Claims, readClaims, toNode } from './auth.ts';
import { cursorKey, openCursor, sealCursor } from './cursor.ts';
import { commit, getAll, LostRace, rehearse } from './db.ts';
import { log } from './log.ts';
import { toProblemResponse, toResponse } from './reply.ts';
import { type GatewayEvent, type Parsed, parseRequest } from './request.ts';
import { settle } from './settle.ts';
import { backoff, newId, now } from './world.ts';

const patienceMs = 6000;
const claimSeconds = 24 * 3600;

/** A Lambda handler for an HTTP API (payload 2.0) that serves `routes`: checks, loads, decides, commits, answers. */
export function serve(routes: readonly Route[]) {
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const dispatch = async (event: GatewayEvent, _context: LambdaContext) => {
    const route = byKey.get(event.routeKey);
    const { requestId } = event.requestContext;
    const startedAt = performance.now();
    let response: APIGatewayProxyStructuredResultV2;
    try {
      if (!route) throw new Problem(notFound);
      response = await respond(route, event);
    } catch (error) {
      response = toProblemResponse(asRefusal(route, error), requestId);
    }
    log().info('request', {
      route: route?.id ?? event.routeKey,
      requestId,
      status: response.statusCode ?? 0,
      ms: Math.round(performance.now() - startedAt),
      tenant: event.requestContext.authorizer?.jwt?.claims?.tenant,
    });
    return response;
  };
  return middy<GatewayEvent, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: 250,
    timeoutEarlyResponse: (async () =>
      toProblemResponse(new Problem(unavailable), 'unknown')) as unknown as () => never,
  }).handler(dispatch as never);
}

function asRefusal(route: Route | undefined, error: unknown): Problem {
  if (!(error instanceof Problem)) {
    log().error('unexpected', { route: route?.id, error: error as Error });
    return new Problem(unexpected);
  }
  const declared = [...shellProblems, ...(route?.refuses ?? [])];
  if (!declared.some(({ code }) => code === error.type.code)) {
    log().error('contract breach: undeclared refusal', { route: route?.id, code: error.type.code });
  }
  return error;
}

async function respond(route: Route, event: GatewayEvent): Promise<APIGatewayProxyStructuredResultV2> {
  if (route.permission === 'public') {
    return toResponse(route, route.decide(publicInput(parseRequest(route, event), event), undefined).reply);
  }
  const claims = readClaims(event.requestContext.authorizer?.jwt?.claims);
  const request = await describe(route, event, parseRequest(route, event), claims);
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(route, request, attempt > 0, deadline);
    } catch (error) {
      if (!(error instanceof LostRace)) throw error;
      if (Date.now() > deadline) throw new Problem(contended);
      await backoff(attempt);
    }
  }
}

/** One request, as every attempt to serve it sees it. */
interface Request {
  readonly parsed: Parsed;
  readonly claims: Claims;
  readonly now: string;
  readonly requestId: string;
  readonly targetId: string;
  readonly position: string | undefined;
  readonly seal: (position: string) => string;
  readonly ids: Map<string, string>;
  readonly claim: { readonly key: Key; readonly hash: string } | undefined;
}

async function describe(route: Route, event: GatewayEvent, parsed: Parsed, claims: Claims): Promise<Request> {
  const { params, query, body, idempotencyKey } = parsed;
  const targetId =
    route.target && 'param' in route.target ? String(params[route.target.param]) : claims.tenant;
  const { cursor, limit: _limit, ...filters } = query;
  const bound = JSON.stringify([claims.tenant, route.id, params, filters]);
  const secret = route.page ? await cursorKey() : undefined;
  return {
    parsed,
    claims,
    now: now(),
    requestId: event.requestContext.requestId,
    targetId,
    position: secret && cursor !== undefined ? openCursor(secret, cursor, bound) : undefined,
    seal: (position) => {
      if (!secret) throw new Error(`${route.id} seals a cursor but declares no page`);
      return sealCursor(secret, position, bound);
    },
    ids: new Map(),
    claim: idempotencyKey
      ? { key: claimKey(claims.tenant, digest(route.id, idempotencyKey)), hash: digest(params, query, body) }
      : undefined,
  };
}

async function once(route: Route, request: Request, again: boolean, deadline: number) {
  const { claims, claim, parsed, targetId } = request;
  const member = memberKey(claims.tenant, claims.person);
  const keys = [member, nodeKey(claims.tenant), nodeKey(targetId), ...(claim ? [claim.key] : [])];
  const reading = getAll(keys, true);
  const checking = reading.then(([membership, home, target]) =>
    authorize(
      { claims, membership, home: toNode(home), target: toNode(target) },
      route.permission as never,
      route.target,
    ),
  );
  const loading = load(route, request, again, () => checking);
  const [checked, loaded] = await Promise.allSettled([checking, loading]);
  if (checked.status === 'rejected') throw checked.reason;
  const claimed = claim ? (await reading)[3] : undefined;
  const replay = claim && claimed ? replayOf(claimed, claim.hash, request.now) : undefined;
  if (replay) return toResponse(route, replay);
  if (loaded.status === 'rejected') throw loaded.reason;
  try {
    const plan = route.decide(toInput(request, checked.value, again), loaded.value);
    if (parsed.query.dryRun) {
      await rehearse(plan.writes);
      return toResponse(route, { ...plan.reply, status: 200 }, { 'quartermaster-dry-run': 'true' });
    }
    await commitPlan(route, request, checked.value, plan, deadline);
    return toResponse(route, plan.reply);
  } catch (error) {
    const twin = error instanceof Problem ? await twinOf(request) : undefined;
    if (twin) return toResponse(route, twin);
    throw error;
  }
}

/** A refusal may be the work of the same request sent twice at once: then the first one's answer is the answer. */
async function twinOf({ claim, now: at }: Request): Promise<Reply | undefined> {
  const [claimed] = claim ? await getAll([claim.key], true) : [];
  return claim && claimed ? replayOf(claimed, claim.hash, at) : undefined;
}

async function load(
  route: Route,
  request: Request,
  consistent: boolean,
  scope: () => Promise<Scope>,
): Promise<unknown> {
  if (!route.load) return undefined;
  const { parsed, claims, targetId, position } = request;
  const input: LoadInput<unknown, Record<string, unknown>, unknown> = {
    params: parsed.params,
    query: parsed.query,
    body: parsed.body,
    home: claims.tenant,
    target: targetId,
    position,
    consistent,
    now: request.now,
    scope,
  };
  return route.load(input as never);
}

function toInput(request: Request, scope: Scope, again: boolean): Input<never, never, never> {
  const { parsed, ids } = request;
  let used = 0;
  const sameId = (kind: Kind) => {
    const place = `${kind}${used++}`;
    const id = ids.get(place) ?? newId(kind, Date.parse(request.now));
    ids.set(place, id);
    return id;
  };
  return {
    params: parsed.params as never,
    query: parsed.query as never,
    body: parsed.body as never,
    scope,
    now: request.now,
    newId: sameId,
    ifMatch: parsed.ifMatch,
    idempotencyKey: parsed.idempotencyKey,
    requestId: request.requestId,
    seal: request.seal,
    position: request.position,
    again,
  };
}

async function commitPlan(
  route: Route,
  request: Request,
  scope: Scope,
  plan: Plan,
  deadline: number,
): Promise<void> {
  if (plan.writes.length === 0) return;
  const settled = settle(plan, {
    actor: scope.actor,
    target: scope.target,
    now: request.now,
    requestId: request.requestId,
  });
  const writes = request.claim ? [...settled, claimWrite(route, request, plan.reply)] : settled;
  await commit(writes, digest(request.requestId, Math.random()).slice(0, 36), deadline);
}

function claimWrite(route: Route, { claim, now: at }: Request, reply: Reply): Write {
  if (!claim) throw new Error('No claim to write');
  const seconds = Math.floor(Date.parse(at) / 1000);
  const item: Item & { expiresAt: number } = {
    ...claim.key,
    kind: 'claim',
    hash: claim.hash,
    status: reply.status ?? route.reply.status,
    body: reply.body === undefined ? undefined : JSON.stringify(reply.body),
    replyVersion: reply.version,
    location: reply.location,
    expiresAt: seconds + claimSeconds,
  };
  return { do: 'overwrite', item, expiredBefore: seconds };
}

function replayOf(claimed: Readonly<Record<string, unknown>>, hash: string, at: string): Reply | undefined {
  if (Number(claimed.expiresAt) < Date.parse(at) / 1000) return undefined;
  if (claimed.hash !== hash) throw new Problem(keyReused);
  return {
    status: Number(claimed.status),
    ...(claimed.body === undefined ? {} : { body: JSON.parse(String(claimed.body)) }),
    ...(claimed.replyVersion === undefined ? {} : { version: claimed.replyVersion as number }),
    ...(claimed.location === undefined ? {} : { location: String(claimed.location) }),
    replayed: true,
  };
}

function publicInput(parsed: Parsed, event: GatewayEvent): Input<never, never, never> {
  return {
    ...parsed,
    now: now(),
    requestId: event.requestContext.requestId,
    again: false,
    position: undefined,
  } as unknown as Input<never, never, never>;
}
