import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context as LambdaContext } from 'aws-lambda';
import { delegationKeys } from '../kit/delegation.ts';
import { digest } from '../kit/digest.ts';
import { prefixes } from '../kit/id.ts';
import { endUserKey, forestKey, type Key, managementKey, memberKey, nodeKey } from '../kit/keys.ts';
import type { Plan } from '../kit/plan.ts';
import {
  contended,
  notFound,
  Problem,
  sessionRefused,
  shellProblems,
  tooLarge,
  unavailable,
  unexpected,
} from '../kit/problem.ts';
import type { Route } from '../kit/route.ts';
import { isUnlinked, type Node, type Scope } from '../kit/scope.ts';
import { authorize, type Candidate, readClaims, toNode } from './auth.ts';
import { claimWrite, replayOf, twinOf } from './claim.ts';
import { commit, getAll, LostRace, rehearse, Throttled } from './db.ts';
import { type Inquiry, inquire, load, publicInput, toInput } from './inquiry.ts';
import { inLane } from './lane.ts';
import { log } from './log.ts';
import { lineOver, treeOf } from './place.ts';
import { noteRefusal } from './refusal.ts';
import { toProblemResponse, toResponse } from './reply.ts';
import { type GatewayEvent, parseRequest } from './request.ts';
import { settle } from './settle.ts';
import { asItself, gathered, within } from './tenant-session.ts';
import { knownReach, reachOf, reachOfPlan } from './vouch.ts';
import { standBack } from './world.ts';

const patienceMs = 6000;
/** Writes of one transaction. */
const mostWrites = 100;

/** Routes by `METHOD /path` whose modules are loaded by the first request for them. */
export type Doors = Readonly<Record<string, () => Promise<Route>>>;

/** A Lambda handler for an HTTP API (payload 2.0) that serves `routes`: checks, loads, decides, commits, answers. */
export function serve(routes: readonly Route[] | Doors) {
  const byKey = isList(routes)
    ? new Map(routes.map((route) => [`${route.method} ${route.path}`, async () => route]))
    : new Map(Object.entries(routes));
  let current = 'unknown';
  const dispatch = async (event: GatewayEvent, _context: LambdaContext) => {
    const { method } = event.requestContext.http;
    const door = byKey.get(`${method} ${event.routeKey.split(' ')[1]}`);
    const { requestId } = event.requestContext;
    current = requestId;
    const startedAt = performance.now();
    let response: APIGatewayProxyStructuredResultV2;
    let route: Route | undefined;
    const banner: Banner = {};
    try {
      const found = await door?.();
      if (!found) throw new Problem(notFound);
      route = found;
      response = await asItself(() => respond(found, event, banner));
    } catch (error) {
      response = toProblemResponse(asRefusal(route, error), requestId);
    }
    response = { ...response, headers: { ...response.headers, ...banner } };
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
      toProblemResponse(new Problem(unavailable), current)) as unknown as () => never,
  }).handler(dispatch as never);
}

const isList = (routes: readonly Route[] | Doors): routes is readonly Route[] => Array.isArray(routes);

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

/** What every answer to a request of a delegated session carries besides, refusals too: for its banner. */
type Banner = { 'quartermaster-session'?: string };

async function respond(
  route: Route,
  event: GatewayEvent,
  banner: Banner,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (route.permission === 'public') {
    return toResponse(route, route.decide(publicInput(parseRequest(route, event), event), undefined).reply);
  }
  const claims = readClaims(event.requestContext.authorizer?.jwt?.claims);
  const request = await inquire(route, event, parseRequest(route, event), claims);
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    let startedAt = Date.now();
    try {
      if (attempt === 0)
        return await asItself(() => once(route, request, { again: false, deadline, banner }));
      return await inLane(request.targetId, async () => {
        startedAt = Date.now();
        if (startedAt > deadline) throw new Problem(contended);
        return asItself(() => once(route, request, { again: true, deadline, banner }));
      });
    } catch (error) {
      // What changes nothing may be asked for again by its caller, as it is.
      const crowded = error instanceof Throttled && route.method !== 'GET';
      if (!(error instanceof LostRace) && !crowded) throw error;
      const at = Date.now();
      if (at > deadline) throw new Problem(contended);
      await standBack(attempt, { tookMs: at - startedAt, leftMs: deadline - at });
    }
  }
}

interface Try {
  readonly again: boolean;
  readonly deadline: number;
  readonly banner: Banner;
}

async function once(
  route: Route,
  request: Inquiry,
  attempt: Try,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { claims, claim, parsed, targetId } = request;
  const { again, deadline } = attempt;
  const beside = route.alongside?.({ home: claims.tenant, target: targetId }) ?? [];
  const reading = readTogether(route, request, beside);
  const standing = reading.then((read) => stand(request, read));
  const reached = standing.then(reachOf);
  // Where the check refuses first, nobody asks for it.
  reached.catch(() => undefined);
  const checking = standing.then(async (stood) => {
    const scope = await check(route, request, stood);
    const { session } = scope;
    if (session) attempt.banner['quartermaster-session'] = `${session.id}; ends=${session.endsAt}`;
    return scope;
  });
  const known = knownReach(claims.tenant, targetId);
  // What waits for the check reads by what the check has seen.
  let current = known ? Promise.resolve(known) : reached;
  reached.then(
    () => {
      current = reached;
    },
    () => undefined,
  );
  const loading = within(
    () => current,
    () =>
      load(route, request, again, {
        scope: () => checking,
        alongside: async () => (await reading).beside,
      }),
  );
  const [checked, loaded] = await Promise.allSettled([checking, loading]);
  if (checked.status === 'rejected') throw checked.reason;
  const reach = await reached;
  // It has moved since: what stands above it now was out of reach.
  if (loaded.status === 'rejected' && known && JSON.stringify(known) !== JSON.stringify(reach))
    return asItself(() => once(route, request, attempt));
  // The token is from before the customer left its provider, of whose things nothing was to be read.
  if (claims.provider !== undefined && isUnlinked(checked.value.home))
    return asItself(() => once(route, { ...request, claims: { ...claims, provider: undefined } }, attempt));
  const replay = claim && replayOf(claim, (await reading).claim[0], request.now);
  if (replay) return toResponse(route, replay);
  if (loaded.status === 'rejected') throw loaded.reason;
  try {
    const plan = route.decide(toInput(request, checked.value, again), loaded.value);
    if (parsed.query.dryRun) {
      await within(Promise.resolve(reachOfPlan(gathered(reach), plan)), () => rehearse(plan.writes));
      return toResponse(route, { ...plan.reply, status: 200 }, { 'quartermaster-dry-run': 'true' });
    }
    await within(Promise.resolve(reachOfPlan(gathered(reach), plan)), () =>
      commitPlan(route, request, checked.value, plan, deadline),
    );
    return toResponse(route, plan.reply);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const twin = await twinOf(claim, request.now);
    if (twin) return toResponse(route, twin);
    // What was read may have been stale: only a consistent look may refuse a change.
    const stale = !again && !(error instanceof Throttled);
    if (stale && route.load && route.method !== 'GET')
      return asItself(() => once(route, request, { ...attempt, again: true }));
    throw error;
  }
}

type Stored = Readonly<Record<string, unknown>> | undefined;

/** Everything that the shell itself asks about a request, in one batch. */
async function readTogether(route: Route, request: Inquiry, beside: readonly Key[]) {
  const { claims, claim, targetId, session } = request;
  const { tenant, person } = claims;
  const tree = treeBeside(request);
  const rowKey = route.permission === 'end-user' ? endUserKey : memberKey;
  const keys = {
    own: [rowKey(tenant, person), nodeKey(tenant), nodeKey(targetId)],
    beside,
    claim: claim ? [claim.key] : [],
    row: route.permission === 'signed-in' ? [endUserKey(tenant, person)] : [],
    forest: tree === undefined ? [] : [forestKey(tree)],
    management: route.permission.startsWith('console.') ? [managementKey(targetId)] : [],
    delegation: session?.token ? delegationKeys(session.token) : [],
  } satisfies Record<string, readonly Key[]>;
  const items = (await getAll(Object.values(keys).flat(), true)).values();
  const take = (some: readonly Key[]): Stored[] => some.map(() => items.next().value);
  return Object.fromEntries(Object.entries(keys).map(([part, some]) => [part, take(some)])) as unknown as {
    readonly [part in keyof typeof keys]: readonly Stored[];
  };
}

/** Who asks about what, where both really stand. */
interface Stood {
  readonly read: Awaited<ReturnType<typeof readTogether>>;
  readonly home: Node | undefined;
  readonly target: Node | undefined;
  readonly forest: Stored;
}

async function stand(request: Inquiry, read: Stood['read']): Promise<Stood> {
  const [, ownNode, named] = read.own;
  const [home, target] = [toNode(ownNode), toNode(named)];
  const asked = treeBeside(request) !== undefined;
  // A second read, for a customer's people whose token does not name the provider.
  const second = !asked && home && home.path.length > 2;
  return { read, home, target, forest: second ? await treeOf(home) : read.forest[0] };
}

/** Whose tree is asked beside the rest, however deep what is named stands there; undefined where it is not known yet, or nothing stands below. */
function treeBeside({ claims, targetId }: Inquiry): string | undefined {
  if (claims.provider !== undefined || targetId === claims.tenant) return claims.provider;
  return claims.tenant.startsWith(`${prefixes.provider}_`) ? claims.tenant : undefined;
}

async function check(route: Route, request: Inquiry, stood: Stood): Promise<Scope> {
  const { claims } = request;
  const { read, home, target, forest } = stood;
  const above = (home && (await lineOver(home, forest))) ?? [];
  const [session, grant, management] = read.delegation;
  const presented = request.session && { ...request.session, session, grant, management };
  const candidate: Candidate = {
    ...{ claims, membership: read.own[0], endUser: read.row[0], home, target, forest, above, presented },
    management: read.management[0],
  };
  try {
    return authorize(candidate, route as never);
  } catch (error) {
    if (error instanceof Problem && error.type === sessionRefused) await noteRefusal(candidate, request);
    throw error;
  }
}

async function commitPlan(
  route: Route,
  request: Inquiry,
  scope: Scope,
  plan: Plan,
  deadline: number,
): Promise<void> {
  if (plan.writes.length === 0 && !plan.receipt) return;
  const settled = settle(plan, {
    actor: scope.actor,
    target: scope.target,
    now: request.now,
    requestId: request.requestId,
  });
  const reply = { status: route.reply.status, ...plan.reply };
  const claimed = request.claim ? [claimWrite(request.claim, reply, request.now)] : [];
  const writes = [...settled, ...claimed, ...(scope.session?.bound ?? [])];
  if (scope.session && writes.length > mostWrites)
    throw new Problem(tooLarge, 'More than can be changed at once in a delegated session');
  await commit(writes, digest(request.requestId, Math.random()).slice(0, 36), deadline);
}
