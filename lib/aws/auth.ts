import { idPattern } from '../kit/id.ts';
import { pathAt, type TreeEntry } from '../kit/keys.ts';
import { type Move, overlayOf, placed } from '../kit/move.ts';
import { allows, effective, type Permission, type Role, rolesInForce } from '../kit/permission.ts';
import { forbidden, nodeDisabled, notFound, Problem, unauthenticated } from '../kit/problem.ts';
import type { Target } from '../kit/route.ts';
import { inScope, isUnlinked, type Node, type NodeType, providerOf, type Scope } from '../kit/scope.ts';
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
}

/**
 * Who may do what to which node. Not a member any more: 401. Not in the caller's subtree, absent or of another
 * type: 404, the same body. Without the permission: 403. The roles in force are those that the token and the
 * membership both name and every node above allows, so that a role taken away or restricted is gone at the next request. A caller whose own node or one
 * above it is disabled is refused everything: 403.
 */
export function authorize(
  candidate: Candidate,
  permission: Permission | 'signed-in' | 'end-user',
  target: Target | undefined,
): Scope {
  const { claims, forest } = candidate;
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
  const node = target && 'param' in target ? standing(candidate.target, move) : home;
  if (target && 'param' in target) {
    if (!node || !inScope(home, node) || !target.types.includes(node.type)) throw new Problem(notFound);
  }
  const own = node?.id === home.id;
  const asEndUser = permission === 'end-user';
  const above = [...(candidate.above ?? []), home.item];
  const held = effective((membership.roles ?? []) as readonly Role[], above);
  const roles = rolesInForce(held, claims.roles, { home: home.type, own });
  if (permission !== 'signed-in' && !asEndUser && !allows(roles, permission)) throw new Problem(forbidden);
  if (target && 'home' in target && !target.home.includes(home.type)) throw new Problem(forbidden);
  if (target && 'param' in target && target.below && own) throw new Problem(forbidden);
  if (!node) throw new Problem(notFound);
  const actor = { id: claims.person, kind: 'person', home: home.id } as const;
  return {
    actor,
    roles,
    home,
    target: node,
    move,
    ...(asEndUser ? { caller: membership } : endUser ? { caller: endUser } : {}),
  };
}

// Somebody who is there now.
function counts(row: Readonly<Record<string, unknown>> | undefined): boolean {
  return row?.state === 'ACTIVE' && !hasEnded(row);
}

// A user that expires on a day is out from the next one on, without anybody writing it.
function hasEnded({ endsAt }: Readonly<Record<string, unknown>>): boolean {
  return typeof endsAt === 'string' && endsAt <= now();
}
