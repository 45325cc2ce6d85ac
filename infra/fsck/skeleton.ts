import { type Move, overlayOf, placed } from '../../lib/kit/move.ts';
import type { NodeType } from '../../lib/kit/scope.ts';
import { kindOf, type Stored, tenantOf } from './check.ts';

/** A node as far as checks of other items need it. */
export interface Place {
  readonly id: string;
  readonly type: NodeType;
  readonly parentId: string | undefined;
  readonly path: string;
  readonly version: number;
  readonly companyId: unknown;
}

/** What grows with the nodes and with what they offer, not with their users, entries or receipts. */
export interface Skeleton {
  readonly nodes: Map<string, Place>;
  /** Deleted customers, each with the provider that it was of. */
  readonly gone: Map<string, string>;
  readonly overlays: Map<string, Move | undefined>;
  /** Moves so far, by provider: each may have stepped a node's version without a receipt. */
  readonly moves: Map<string, number>;
  readonly children: Map<string, number>;
  readonly offers: Map<string, { readonly offered: number; readonly held: number }>;
  /** Services of customers: whether they have them. */
  readonly held: Map<string, boolean>;
  readonly collections: Map<string, { readonly roles: readonly string[]; readonly users: number }>;
  /** Numbers of each customer's marketplaces: whether they are for everyone. */
  readonly markets: Map<string, Map<number, boolean>>;
  /** Customers of whose catalogue work is under way in the background: what it comes to is not there yet. */
  readonly busy: Set<string>;
}

export const emptySkeleton = (): Skeleton => ({
  nodes: new Map(),
  gone: new Map(),
  overlays: new Map(),
  moves: new Map(),
  children: new Map(),
  offers: new Map(),
  held: new Map(),
  collections: new Map(),
  markets: new Map(),
  busy: new Set(),
});

/** What one item adds to it. */
export function learn(known: Skeleton, item: Stored): void {
  const tenant = tenantOf(item);
  const service = `${tenant}|${String(item.SK).replace(/^#/, '')}`;
  if (item.kind === 'node') {
    const { id, type, parentId, path, version, companyId } = item as unknown as Place;
    known.nodes.set(tenant, { id, type, parentId, path: String(path), version: Number(version), companyId });
  } else if (item.kind === 'archive') known.gone.set(String(item.id), tenant);
  else if (item.kind === 'forest') known.overlays.set(tenant, overlayOf(item));
  else if (item.kind === 'move') known.moves.set(tenant, (known.moves.get(tenant) ?? 0) + 1);
  else if (item.kind === 'reseller') known.children.set(tenant, Number(item.children));
  else if (kindOf(item) === 'OFFER')
    known.offers.set(service, { offered: Number(item.offered), held: Number(item.held) });
  else if (kindOf(item) === 'INSTANCE' && String(item.SK).startsWith('#'))
    known.held.set(service, item.status !== 'NotProvisioned');
  else if (item.kind === 'roleCollection')
    known.collections.set(String(item.id), { roles: item.roles as string[], users: Number(item.users) });
  else if (item.kind === 'marketplace') {
    const numbers = known.markets.get(tenant) ?? new Map<number, boolean>();
    known.markets.set(tenant, numbers.set(Number(item.number), item.everyone === true));
  } else if (item.kind === 'catalogOperation' && item.finishedAt === null) known.busy.add(tenant);
}

/** Where a node really stands, from the platform down. */
export function lineOf(known: Skeleton, node: Place): readonly string[] {
  const path = node.path.split('/');
  return placed(path, known.overlays.get(path[1] ?? ''));
}

export function parentOf(known: Skeleton, nodeId: string): string | undefined {
  const node = known.nodes.get(nodeId);
  return node && lineOf(known, node).at(-2);
}

export function providerAbove(known: Skeleton, nodeId: string): string | undefined {
  return known.nodes.get(nodeId)?.path.split('/')[1] ?? known.gone.get(nodeId);
}
