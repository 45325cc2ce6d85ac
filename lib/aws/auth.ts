import { allows, type Permission, type Role } from '../kit/permission.ts';
import { forbidden, notFound, Problem, unauthenticated } from '../kit/problem.ts';
import type { Target } from '../kit/route.ts';
import { inScope, type Node, type NodeType, type Scope } from '../kit/scope.ts';
import { now } from './world.ts';

/** What we read of an access token. The gateway renders claims as flat text. */
export interface Claims {
  readonly tenant: string;
  readonly person: string;
  readonly roles: readonly string[];
}

/** Reads the claims that the gateway's authorizer has verified; 401 where one of ours is missing. */
export function readClaims(raw: Readonly<Record<string, unknown>> | undefined): Claims {
  const { tenant, person, roles } = raw ?? {};
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
  };
}

/** A stored profile as a node; undefined when there is none. */
export function toNode(item: Readonly<Record<string, unknown>> | undefined): Node | undefined {
  if (!item) return undefined;
  const { id, type, path, name, version } = item as {
    id: string;
    type: NodeType;
    path: string;
    name: string;
    version: number;
  };
  return { id, type, path: path.split('/'), name, version, item };
}

export interface Candidate {
  readonly claims: Claims;
  readonly membership: Readonly<Record<string, unknown>> | undefined;
  readonly home: Node | undefined;
  readonly target: Node | undefined;
}

/**
 * Who may do what to which node. Not a member any more: 401. Not in the caller's subtree, absent or of another
 * type: 404, the same body. Without the permission: 403. The roles in force are those that the token and the
 * membership both name, so that a role taken away is gone at the next request.
 */
export function authorize(
  candidate: Candidate,
  permission: Permission | 'signed-in',
  target: Target | undefined,
): Scope {
  const { claims, membership, home } = candidate;
  if (!home || !membership || membership.state !== 'ACTIVE' || hasEnded(membership)) {
    throw new Problem(unauthenticated, 'The token belongs to nobody who is a member now');
  }
  const held = membership.roles as readonly Role[];
  const roles = held.filter((role) => claims.roles.includes(role));
  const node = target && 'param' in target ? candidate.target : home;
  if (target && 'param' in target) {
    if (!node || !inScope(home, node) || !target.types.includes(node.type)) throw new Problem(notFound);
  }
  if (permission !== 'signed-in' && !allows(roles, permission)) throw new Problem(forbidden);
  if (target && 'home' in target && !target.home.includes(home.type)) throw new Problem(forbidden);
  if (!node) throw new Problem(notFound);
  return { actor: { id: claims.person, kind: 'person', home: home.id }, roles, home, target: node };
}

// A user that expires on a day is out from the next one on, without anybody writing it.
function hasEnded({ endsAt }: Readonly<Record<string, unknown>>): boolean {
  return typeof endsAt === 'string' && endsAt <= now();
}
