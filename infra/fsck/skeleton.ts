import { type DynamicGroup, readDynamicGroup } from '../../lib/catalog/dynamic-group.ts';
import { type Marketplace, readMarketplace } from '../../lib/catalog/marketplace.ts';
import { gathered, type Numbered } from '../../lib/catalog/rules.ts';
import { type Move, overlayOf, placed } from '../../lib/kit/move.ts';
import type { NodeType } from '../../lib/kit/scope.ts';
import { type NamesUnderway, underwayIn } from '../../lib/kit/upn.ts';
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

interface Rules {
  readonly markets: Marketplace[];
  readonly groups: Map<string, DynamicGroup>;
  told?: Numbered;
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
  /** Rules of each customer's marketplaces that can be read, and its dynamic groups. */
  readonly rules: Map<string, Rules>;
  /** Companies that have become customers. */
  readonly companies: Map<
    string,
    { readonly id: string; readonly name: string; readonly customerId: string }
  >;
  /** Parents that a customer stood below before. */
  readonly former: Map<string, Set<string>>;
  /** Customers of whose catalogue work is under way in the background: what it comes to is not there yet. */
  readonly busy: Set<string>;
  /** UPNs of customers' users on their way from one root to another. */
  readonly names: Map<string, NamesUnderway>;
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
  rules: new Map(),
  companies: new Map(),
  former: new Map(),
  busy: new Set(),
  names: new Map(),
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
    const read = readMarketplace(item, tenant);
    if (read) rulesAt(known, tenant).markets.push(read);
  } else if (item.kind === 'dynamicGroup') {
    const read = readDynamicGroup(item, tenant);
    if (read) rulesAt(known, tenant).groups.set(read.id, read);
  } else if (item.kind === 'company' && typeof item.customerId === 'string')
    known.companies.set(String(item.id), {
      id: String(item.id),
      name: String(item.name),
      customerId: item.customerId,
    });
  else if (item.kind === 'former')
    known.former.set(String(item.id), (known.former.get(String(item.id)) ?? new Set()).add(tenant));
  else if (item.kind === 'catalogOperation' && item.finishedAt === null) known.busy.add(tenant);
  else if (item.kind === 'userCount') {
    const names = underwayIn(item);
    if (names) known.names.set(tenant, names);
  }
}

function rulesAt(known: Skeleton, tenant: string): Rules {
  const rules: Rules = known.rules.get(tenant) ?? { markets: [], groups: new Map() };
  known.rules.set(tenant, rules);
  return rules;
}

/** The rules of a customer's marketplaces, as far as they are known: once everything has been learned. */
export function numberedOf(known: Skeleton, tenant: string): Numbered {
  const found = known.rules.get(tenant);
  if (!found) return { rules: [], unread: [] };
  found.told ??= {
    rules: found.markets.flatMap((one) => {
      const told = gathered(one, found.groups);
      return told ? [{ ...told, number: one.number }] : [];
    }),
    unread: [],
  };
  return found.told;
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
