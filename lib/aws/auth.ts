import { delegated, takeable } from '../kit/delegable.ts';
import { managementTypeOf, type Presented, type Verdict, verdictOn } from '../kit/delegation.ts';
import { idPattern } from '../kit/id.ts';
import { pathAt, type TreeEntry } from '../kit/keys.ts';
import { type Move, overlayOf, placed } from '../kit/move.ts';
import { allows, effective, type Permission, type Role, rolesInForce } from '../kit/permission.ts';
import {
  forbidden,
  managedByPartner,
  nodeDisabled,
  notFound,
  Problem,
  sessionNeeded,
  sessionRefused,
  unauthenticated,
} from '../kit/problem.ts';
import type { Route } from '../kit/route.ts';
import {
  type Actor,
  inScope,
  isUnlinked,
  type Node,
  type NodeType,
  providerOf,
  type Scope,
} from '../kit/scope.ts';
import { now } from './world.ts';

/** What we read of an access token. The gateway renders claims as flat text. */
export interface Claims {
  readonly tenant: string;
  readonly person: string;
  readonly roles: readonly string[];
  /** The provider above a customer's own people, by the token; `undefined` in tokens that do not say. */
  readonly provider: string | undefined;
}

/** Reads the claims that the gateway's authorizer has verified; 401 where one of ours is missing. */
export function readClaims(raw: Readonly<Record<string, unknown>> | undefined): Claims {
  const { tenant, person, roles, provider } = raw ?? {};
  if (typeof tenant !== 'string' || typeof person !== 'string' || !/^[a-z]{3}_[0-9A-Z]{26}$/.test(tenant)) {
    throw new Problem(unauthenticated, 'The token names no tenant and person');
  }
  if (!/^per_[0-9A-Z]{26}$/.test(person)) throw new Problem(unauthenticated, 'The token names no person');
  return {
    tenant,
    person,
    roles: String(roles ?? '')
      .replace(/[[\],]/g, ' ')
      .split(/\s+/)
      .filter(Boolean),
    provider: typeof provider === 'string' && idPattern('provider').test(provider) ? provider : undefined,
  };
}

/** A stored profile, whole or as the tree index has it, as a node; undefined when there is none. */
export function toNode(item: Readonly<Record<string, unknown>> | undefined): Node | undefined {
  if (!item) return undefined;
  const { id, type, path, name, version } = item as {
    id: string;
    type: NodeType;
    path: string | undefined;
    name: string;
    version: number;
  };
  return { id, type, path: path?.split('/') ?? pathAt(item as unknown as TreeEntry), name, version, item };
}

function standing(node: Node | undefined, move: Move | undefined): Node | undefined {
  return node && { ...node, path: placed(node.path, move) };
}

function disabledAbove(home: Node, forest: Candidate['forest']): boolean {
  return ((forest?.disabled ?? []) as string[]).some((id) => home.path.includes(id));
}

export interface Candidate {
  readonly claims: Claims;
  /** The membership; on a route of end users the end user's row. */
  readonly membership: Readonly<Record<string, unknown>> | undefined;
  /** Where members and end users alike may call: the end user's row. */
  readonly endUser?: Readonly<Record<string, unknown>> | undefined;
  readonly home: Node | undefined;
  readonly target: Node | undefined;
  /** What holds for the tree of the caller's provider; read for customers' people alone. */
  readonly forest?: Readonly<Record<string, unknown>> | undefined;
  /** The profiles between the provider and the caller's node: a role counts only where all of them allow it. */
  readonly above?: readonly Readonly<Record<string, unknown>>[];
  /** Where the request was sent in a delegated session: its token and what that stands on. */
  readonly presented?: Presented | undefined;
  /** On routes of consoles: who manages the target, as stored. */
  readonly management?: Readonly<Record<string, unknown>> | undefined;
}

/** Whether the session that a request was sent in counts for it. */
export function verdictFor({ claims, target, forest, presented }: Candidate): Verdict | undefined {
  const node = standing(target, overlayOf(forest));
  const disabled =
    node?.item.adminState === 'DISABLED' || (node !== undefined && disabledAbove(node, forest));
  const caller = { personId: claims.person, home: claims.tenant, target: node, disabled };
  return presented && verdictOn(presented, caller, now());
}

/**
 * Who may do what to which node. Not a member any more: 401. Not in the caller's subtree, absent or of another
 * type: 404, the same body. Without the permission: 403. The roles in force are those that the token and the
 * membership both name and every node above allows, so that a role taken away or restricted is gone at the next request. A caller whose own node or one
 * above it is disabled is refused everything: 403. In a delegated session the roles are those taken at the customer, and
 * what they may is narrower than what the person may outside; one that does not count: 401.
 */
export function authorize(candidate: Candidate, route: Guarded): Scope {
  const { claims, forest } = candidate;
  const { permission, target } = route;
  const [endUser] = [candidate.endUser].filter(counts);
  const membership = [candidate.membership, endUser].find(counts);
  const move = overlayOf(forest);
  const home = standing(candidate.home, move);
  if (!home || !membership) {
    throw new Problem(unauthenticated, 'The token belongs to nobody who is a member now');
  }
  const { provider } = claims;
  if (provider !== undefined && provider !== providerOf(home) && !isUnlinked(home)) {
    throw new Problem(unauthenticated, 'The token names another provider');
  }
  if (home.item.adminState === 'DISABLED' || disabledAbove(home, forest)) {
    throw new Problem(nodeDisabled);
  }
  const named = target !== undefined && 'param' in target;
  if (candidate.presented && !named) throw new Problem(forbidden);
  const verdict = verdictFor(candidate);
  if (verdict && 'why' in verdict) throw new Problem(sessionRefused);
  const node = named ? standing(candidate.target, move) : home;
  if (target && 'param' in target) {
    if (!node || !inScope(home, node) || !target.types.includes(node.type)) throw new Problem(notFound);
  }
  const own = node?.id === home.id;
  const asEndUser = permission === 'end-user';
  const above = [...(candidate.above ?? []), home.item];
  const held = effective((membership.roles ?? []) as readonly Role[], above);
  const roles = rolesInForce(held, claims.roles, { home: home.type, own });
  const session = verdict && inSession(verdict, roles);
  if (permission !== 'signed-in' && !asEndUser) {
    const may = session ? session.permissions.has(permission) : allows(roles, permission);
    if (!may)
      throw new Problem(entersInSession(permission, { own, roles, session }) ? sessionNeeded : forbidden);
    if (own && isOfConsole(permission) && isClosed(candidate)) throw new Problem(managedByPartner);
  }
  if (session && route.undelegated) throw new Problem(forbidden);
  if (target && 'home' in target && !target.home.includes(home.type)) throw new Problem(forbidden);
  if (target && 'param' in target && target.below && own) throw new Problem(forbidden);
  if (!node) throw new Problem(notFound);
  const actor = { id: claims.person, kind: 'person', home: home.id } as const;
  return {
    actor: verdict ? onBehalf(actor, verdict) : actor,
    roles: session?.roles ?? roles,
    home,
    target: node,
    move,
    ...(session ? { session } : {}),
    ...(asEndUser ? { caller: membership } : endUser ? { caller: endUser } : {}),
  };
}

/** What of a route's record decides who may call it. */
type Guarded = Pick<Route, 'target' | 'undelegated'> & {
  readonly permission: Permission | 'signed-in' | 'end-user';
};
type Entered = Exclude<Verdict, { readonly why: unknown }>;

function inSession({ session, roles: left, endsAt, bound }: Entered, held: readonly Role[]) {
  const mine = takeable(held);
  const roles = left.filter((one) => mine.includes(one));
  const { id } = session;
  return { id, endsAt, roles, permissions: delegated(roles, held), bound };
}

const onBehalf = (actor: Actor, { session }: Entered): Actor => ({
  ...actor,
  onBehalfOf: session.path.split('/').at(-1) ?? '',
  session: session.id,
  reason: session.reason,
  ...(session.ticket === null ? {} : { ticket: session.ticket }),
});

const isOfConsole = (permission: Permission): boolean => permission.startsWith('console.');

// From above a console is entered in a session alone: whoever may open one is told so.
const entersInSession = (
  permission: Permission,
  by: { own: boolean; roles: readonly Role[]; session: unknown },
): boolean => isOfConsole(permission) && !by.own && !by.session && allows(by.roles, 'access.enter');

const isClosed = ({ home, management }: Candidate): boolean =>
  home !== undefined && !isUnlinked(home) && managementTypeOf(management) === 'PARTNER';

// Somebody who is there now.
function counts(row: Readonly<Record<string, unknown>> | undefined): boolean {
  return row?.state === 'ACTIVE' && !hasEnded(row);
}

// A user that expires on a day is out from the next one on, without anybody writing it.
function hasEnded({ endsAt }: Readonly<Record<string, unknown>>): boolean {
  return typeof endsAt === 'string' && endsAt <= now();
}
