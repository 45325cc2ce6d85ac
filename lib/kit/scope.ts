import type { Move } from './move.ts';
import type { Permission, Role } from './permission.ts';
import type { Write } from './plan.ts';

export type NodeType = 'PLATFORM' | 'PROVIDER' | 'RESELLER' | 'CUSTOMER';

/** Every node below a provider: a customer becomes a reseller and stays a customer, with the same routes. */
export const customerTypes: readonly NodeType[] = ['CUSTOMER', 'RESELLER'];

/** A node of the tree. `path` holds the ids from the platform down to the node itself; `item` its whole stored profile. */
export interface Node {
  readonly id: string;
  readonly type: NodeType;
  readonly path: readonly string[];
  readonly name: string;
  readonly version: number;
  readonly item: Readonly<Record<string, unknown>>;
}

/** Who acts, in every audit entry and event. */
export interface Actor {
  readonly id: string;
  readonly kind: 'person' | 'operator' | 'system';
  readonly home: string;
  /** In a delegated session: the customer, the session, and why it was opened. */
  readonly onBehalfOf?: string;
  readonly session?: string;
  readonly reason?: string;
  readonly ticket?: string;
}

/** A delegated session that a request was made in. */
export interface InSession {
  readonly id: string;
  readonly endsAt: string;
  readonly permissions: ReadonlySet<Permission>;
  /** Binds a change to the session and the grant as they were read: none is made after either ended. */
  readonly bound: readonly Write[];
}

/** A caller whose membership and target have been read in this request. */
export interface Scope {
  readonly actor: Actor;
  readonly roles: readonly Role[];
  /** The caller's own node. */
  readonly home: Node;
  /** The node that the route acts on: in the caller's subtree. */
  readonly target: Node;
  /** For a customer's people: the subtree that is on its way, whose stored paths are to be read as `placed`. */
  readonly move?: Move | undefined;
  /** On a route of end users, or of whoever is signed in: the caller's own row as an end user, as stored. */
  readonly caller?: Readonly<Record<string, unknown>> | undefined;
  /** In a delegated session; `roles` are then those taken at the customer. */
  readonly session?: InSession | undefined;
}

/** Depth of a node below the platform: 1 for a provider. At most `maxDepth`. */
export const maxDepth = 10;
export const depthOf = (node: Pick<Node, 'path'>): number => node.path.length - 1;

/** True when `target` is `home` itself or below it. */
export function inScope(home: Node, target: Node): boolean {
  return target.path[home.path.length - 1] === home.id;
}

/** A customer that no partner looks after: right below the platform, and so its own root. */
export function isUnlinked({ id, path }: Pick<Node, 'id' | 'path'>): boolean {
  return path.length === 2 && id.startsWith('cus_');
}

export function platformOf(node: Node): string {
  return node.path[0] ?? node.id;
}

/** The provider (MSP) that a node belongs to; the platform itself for the platform. */
export function providerOf(node: Node): string {
  return node.path[1] ?? node.id;
}
