import { platformId } from '../lib/kit/id.ts';
import { treeEntry } from '../lib/kit/keys.ts';
import { type Move, placed } from '../lib/kit/move.ts';
import { maxDepth } from '../lib/kit/scope.ts';
import { ledgers } from './ledgers.ts';
import { requests } from './requests.ts';

export type Stored = Readonly<Record<string, unknown>>;

/** One broken promise: which invariant of the semantics, where, and what is wrong. */
export interface Violation {
  readonly invariant: 'tree' | 'administrators' | 'narrowing' | 'tenancy' | 'counts' | 'ledger';
  readonly where: string;
  readonly what: string;
}

const tenantOf = (item: Stored): string => String(item.PK).split('#')[1] ?? '';
const kindOf = (item: Stored): string => String(item.PK).split('#')[2] ?? '';

/** Everything that a whole table's items break. */
export function violations(items: readonly Stored[]): Violation[] {
  const table = new Table(items);
  return [
    ...table.tree(),
    ...table.administrators(),
    ...table.narrowing(),
    ...table.tenancy(),
    ...table.counts(),
    ...ledgers(items),
    ...requests(items),
  ];
}

class Table {
  private readonly nodes = new Map<string, Stored>();
  private readonly byKey = new Map<string, Stored>();
  private readonly items: readonly Stored[];

  constructor(items: readonly Stored[]) {
    this.items = items;
    for (const item of items) {
      this.byKey.set(`${item.PK}|${item.SK}`, item);
      if (item.kind === 'node') this.nodes.set(String(item.id), item);
    }
  }

  private find(nodeId: unknown, kind: string, sort: string): Stored | undefined {
    return this.byKey.get(`T#${nodeId}${kind && `#${kind}`}|${sort}`);
  }

  private customers(): Stored[] {
    return [...this.nodes.values()].filter(({ id }) => String(id).startsWith('cus_'));
  }

  private pathOf(node: Stored): readonly string[] {
    const path = String(node.path).split('/');
    return placed(path, this.find(path[1], '', 'S#TREE')?.move as Move | undefined);
  }

  /** Every node reaches the root, no cycle, path = parent's path + id. */
  *tree(): Generator<Violation> {
    for (const node of this.nodes.values()) {
      const wrong = (what: string): Violation => ({ invariant: 'tree', where: String(node.id), what });
      const path = this.pathOf(node);
      const parent = this.nodes.get(path.at(-2) ?? '');
      if (path.at(-1) !== node.id || path[0] !== platformId)
        yield wrong('its path does not lead from the platform to it');
      if (path.length - 1 > maxDepth) yield wrong(`it stands ${path.length - 1} levels deep`);
      if (node.id === platformId) continue;
      if (!parent) yield wrong('its parent does not exist');
      else if ([...this.pathOf(parent), node.id].join('/') !== path.join('/'))
        yield wrong('its path is not its parent’s path and itself');
      if (node.parentId !== undefined && node.parentId !== path.at(-2))
        yield wrong('its parent and its path disagree');
      if (parent?.type === 'CUSTOMER') yield wrong('its parent is no reseller');
      const stored = String(node.path).split('/');
      const place = treeEntry(path.length > 2 ? (path[1] ?? '') : platformId, stored);
      if (node.G1 !== place.G1 || node.S1 !== place.S1) yield wrong('it stands elsewhere in the tree index');
    }
  }

  /** A customer made from a company has an administrator. */
  *administrators(): Generator<Violation> {
    const led = new Set(
      this.items
        .filter((one) => one.kind === 'member' && (one.roles as string[]).includes('CUSTOMER_ADMINISTRATOR'))
        .map(tenantOf),
    );
    for (const { id, companyId } of this.customers()) {
      if (companyId && !led.has(String(id))) {
        yield { invariant: 'administrators', where: String(id), what: 'it has no administrator' };
      }
    }
  }

  /** What a customer has or hands on, its parent offers; the provider offers everything. */
  *narrowing(): Generator<Violation> {
    for (const item of this.items) {
      const kind = kindOf(item);
      const held = kind === 'INSTANCE' && String(item.SK).startsWith('#');
      const node = held || kind === 'OFFER' ? this.nodes.get(tenantOf(item)) : undefined;
      const parentId = node && this.pathOf(node).at(-2);
      if (!parentId?.startsWith('cus_')) continue;
      const service = String(item.SK).replace(/^#/, '');
      if (!this.find(parentId, 'OFFER', service)) {
        yield {
          invariant: 'narrowing',
          where: tenantOf(item),
          what: `${service} is not offered by ${parentId}`,
        };
      }
    }
  }

  /** No item belongs to two tenants; nothing belongs to a tenant that never was. */
  *tenancy(): Generator<Violation> {
    const gone = new Set(this.items.filter(({ kind }) => kind === 'archive').map(({ id }) => String(id)));
    for (const item of this.items) {
      const tenant = tenantOf(item);
      const where = `${item.PK} ${item.SK}`;
      if (!this.nodes.has(tenant) && !gone.has(tenant)) {
        yield { invariant: 'tenancy', where, what: `${tenant} does not exist` };
        continue;
      }
      const own = this.nodes.get(tenant);
      const line = [tenant, ...(own ? this.pathOf(own) : [])];
      for (const name of ['G1', 'G2'] as const) {
        const entry = item[name] === undefined ? undefined : String(item[name]).split('#')[1];
        if (entry && own && !line.includes(entry) && this.nodes.get(entry)?.type !== 'PROVIDER') {
          yield {
            invariant: 'tenancy',
            where,
            what: `${name} lists it under ${entry}, which is not above it`,
          };
        }
      }
      const owner = item.kind === 'unique' ? item.customerId : undefined;
      if (owner && !this.nodes.has(String(owner))) {
        yield { invariant: 'tenancy', where, what: `it keeps a name for ${owner}, which does not exist` };
      }
    }
  }

  /** What is counted instead of listed. */
  *counts(): Generator<Violation> {
    const children = new Map<string, number>();
    const customers = new Map<string, number>();
    for (const node of this.customers()) {
      const path = this.pathOf(node);
      children.set(path.at(-2) ?? '', (children.get(path.at(-2) ?? '') ?? 0) + 1);
      customers.set(path[1] ?? '', (customers.get(path[1] ?? '') ?? 0) + 1);
    }
    for (const { id, type } of this.nodes.values()) {
      const wrong = (what: string): Violation => ({ invariant: 'counts', where: String(id), what });
      const selling = this.find(id, '', 'S#RESELLER');
      if ((type === 'RESELLER') !== (selling !== undefined))
        yield wrong('node and reseller service disagree');
      const have = children.get(String(id)) ?? 0;
      if (selling && selling.children !== have)
        yield wrong(`it counts ${selling.children} children and has ${have}`);
      const mode = this.find(id, '', 'S#MSP_MODE');
      const all = customers.get(String(id)) ?? 0;
      if (mode && mode.customers !== all) yield wrong(`it counts ${mode.customers} customers and has ${all}`);
    }
  }
}
