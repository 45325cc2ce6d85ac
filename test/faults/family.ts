import { fromAttributes, toAttributes } from '../../lib/aws/item.ts';
import { settle } from '../../lib/aws/settle.ts';
import { newId } from '../../lib/aws/world.ts';
import { toEntry } from '../../lib/credits/entry.ts';
import { configure, debit, grant, type Ledger } from '../../lib/credits/ledger.ts';
import { platformId } from '../../lib/kit/id.ts';
import { nameEntry, nodeKey, resellerKey, treeEntry } from '../../lib/kit/keys.ts';
import type { Item, Plan } from '../../lib/kit/plan.ts';
import type { Node } from '../../lib/kit/scope.ts';
import type { Dice } from './dice.ts';

/** A reseller and a customer right below it, each with a ledger that has begun. */
export interface Family {
  readonly parent: string;
  readonly child: string;
}

export interface Opening {
  readonly balance: number;
  readonly alertLimit: number | null;
  readonly blockBelowZero: boolean;
}

const actor = { id: 'per_00000000000000000000000000', kind: 'person', home: '' } as const;

function node(providerId: string, id: string, above: readonly string[], type: Node['type']): Item {
  const path = [...above, id];
  const name = `Customer ${id.slice(-10)}`;
  return {
    ...nodeKey(id),
    ...treeEntry(providerId, path),
    ...nameEntry(path.at(-2) ?? '', 'CUSTOMER', name.toLowerCase(), id),
    ...{ kind: 'node', id, type, name, parentId: path.at(-2), path: path.join('/') },
    ...{ accountManagerEmail: 'manager@msp.example.com', state: 'ACTIVE', version: 1 },
  };
}

/** A customer right below a provider. */
export const customerNode = (providerId: string, id: string): Item =>
  node(providerId, id, [platformId, providerId], 'CUSTOMER');

/** A ledger with a limit that `moves` movements cross up and down, as the ledger itself decides them. */
export function walk(path: readonly string[], dice: Dice, moves: number): Item[] {
  const chain = chainAt(path, Date.now());
  chain.write((ledger, by) => grant(ledger, { amount: 60 + dice.below(60) }, by));
  chain.write((ledger, by) => configure(ledger, { alertLimit: 50 }, by));
  for (let left = moves; left > 0; left--) {
    const amount = 20 + dice.below(60);
    const down = dice.chance(0.6);
    chain.write((ledger, by) => (down ? debit : grant)(ledger, { amount }, by));
  }
  return chain.out;
}

/** The first entries of a ledger, as the ledger itself decides them, with what they announce. */
function begin(path: readonly string[], { balance, ...settings }: Opening, at: number): Item[] {
  const chain = chainAt(path, at);
  chain.write((ledger, by) => grant(ledger, { amount: balance }, by));
  chain.write((ledger, by) => configure(ledger, settings, by));
  return chain.out;
}

/** A ledger that grows below the API, an entry a millisecond. */
function chainAt(path: readonly string[], at: number) {
  const id = path.at(-1) ?? '';
  const target = { id, type: 'CUSTOMER', path, version: 1 } as unknown as Node;
  const out: Item[] = [];
  let ledger: Ledger = { customerId: id, head: null };
  return {
    out,
    write: (decide: (ledger: Ledger, by: { actor: typeof actor; now: string }) => Plan) => {
      const now = new Date(at + out.length).toISOString();
      const plan = decide(ledger, { actor, now });
      for (const one of settle(plan, { actor, target, now, requestId: 'opening' })) {
        if (one.do !== 'create') throw new Error('A ledger begins with entries alone');
        out.push(one.item);
        ledger = { customerId: id, head: toEntry(fromAttributes(toAttributes(one.item))) };
      }
    },
  };
}

/** The items of a family, to be planted below the API. */
export function foundFamily(
  providerId: string,
  openings: { readonly parent: Opening; readonly child: Opening },
): { family: Family; items: Item[] } {
  const at = Date.now();
  const [parent, child] = [newId('customer', at), newId('customer', at)];
  const above = [platformId, providerId];
  return {
    family: { parent, child },
    items: [
      node(providerId, parent, above, 'RESELLER'),
      { ...resellerKey(parent), kind: 'reseller', children: 1, version: 1 },
      node(providerId, child, [...above, parent], 'CUSTOMER'),
      ...begin([...above, parent], openings.parent, at),
      ...begin([...above, parent, child], openings.child, at),
    ],
  };
}
