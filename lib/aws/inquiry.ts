import { readSessionToken, type SessionToken } from '../kit/delegation.ts';
import { type Kind, prefixes } from '../kit/id.ts';
import type { Input, LoadInput, Route } from '../kit/route.ts';
import type { Scope } from '../kit/scope.ts';
import type { Claims } from './auth.ts';
import { type Claim, claimOf } from './claim.ts';
import { cursorKey, openUntil, sealUntil } from './cursor.ts';
import { type GatewayEvent, header, type Parsed } from './request.ts';
import { newId, now } from './world.ts';

/** One request, as every attempt to serve it sees it. */
export interface Inquiry {
  readonly parsed: Parsed;
  readonly claims: Claims;
  readonly now: string;
  readonly requestId: string;
  readonly targetId: string;
  readonly position: string | undefined;
  readonly seal: (position: string) => string;
  readonly ids: Map<string, string>;
  readonly claim: Claim | undefined;
  /** Where it was sent in a delegated session; without a token where the header has not its form. */
  readonly session: { readonly token: SessionToken | undefined } | undefined;
}

/** What every attempt needs to know: who, when, where, and the keys that seal cursors and claims. */
export async function inquire(
  route: Route,
  event: GatewayEvent,
  parsed: Parsed,
  claims: Claims,
): Promise<Inquiry> {
  const { params, query, body, idempotencyKey } = parsed;
  const targetId =
    route.target && 'param' in route.target ? String(params[route.target.param]) : claims.tenant;
  const { cursor, limit: _limit, ...filters } = query;
  const own = route.permission === 'end-user';
  const bound = JSON.stringify([claims.tenant, claims.person, route.id, params, filters]);
  const at = now();
  const sent = header(event, 'quartermaster-session');
  const secret = route.page ? await cursorKey() : undefined;
  return {
    parsed,
    claims,
    now: at,
    requestId: event.requestContext.requestId,
    targetId,
    position: secret && cursor !== undefined ? openUntil(secret, cursor, bound, Date.parse(at)) : undefined,
    seal: (position) => {
      if (!secret) throw new Error(`${route.id} seals a cursor but declares no page`);
      return sealUntil(secret, position, bound, Date.parse(at));
    },
    ids: new Map(),
    session: sent === undefined ? undefined : { token: readSessionToken(sent) },
    claim:
      idempotencyKey === undefined
        ? undefined
        : claimOf({ ...claims, route: route.id, own, key: idempotencyKey }, [params, query, body]),
  };
}

/** What the shell reads for every request, as a load may wait for it. */
type Reading = Pick<LoadInput, 'scope' | 'alongside'>;

/** Runs the route's reads. */
export async function load(
  route: Route,
  request: Inquiry,
  consistent: boolean,
  reading: Reading,
): Promise<unknown> {
  if (!route.load) return undefined;
  const { parsed, claims, targetId, position } = request;
  const input: LoadInput<unknown, Record<string, unknown>, unknown> = {
    params: parsed.params,
    query: parsed.query,
    body: parsed.body,
    home: claims.tenant,
    person: claims.person,
    provider: claims.tenant.startsWith(`${prefixes.provider}_`) ? claims.tenant : claims.provider,
    target: targetId,
    position,
    consistent,
    now: request.now,
    requestId: request.requestId,
    ...reading,
  };
  return route.load(input as never);
}

/** What a decision may look at. Ids are the same at every attempt. */
export function toInput(request: Inquiry, scope: Scope, again: boolean): Input<never, never, never> {
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

/** The same for a route without a caller. */
export function publicInput(parsed: Parsed, event: GatewayEvent): Input<never, never, never> {
  return {
    ...parsed,
    now: now(),
    requestId: event.requestContext.requestId,
    again: false,
    position: undefined,
  } as unknown as Input<never, never, never>;
}
