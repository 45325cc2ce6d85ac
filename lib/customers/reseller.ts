import { announce } from '../kit/event.ts';
import { sameHoldings } from '../kit/holdings.ts';
import { resellerKey } from '../kit/keys.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { customerChanged } from './events.ts';
import { disabled, hasChildren, parentNotReseller, stillOffers } from './problems.ts';
import { type Customer, restated, toCustomer } from './profile.ts';

/** What is kept of the reseller service: how many children there are. */
export interface Selling {
  readonly children: number;
  readonly version: number;
}

/** What a reseller sells: its children, how many services it may hand on, and the version of these as they were read. */
export interface Sales {
  readonly selling: Selling | undefined;
  readonly offers: number;
  readonly holdings: number | undefined;
}

/** A child more below a reseller: binds to its being one, and to its place in the tree. The provider counts on MSP mode. */
export function admit(parent: Node): Write[] {
  if (parent.type === 'PROVIDER') return [];
  return [
    { do: 'check', key: { PK: String(parent.item.PK), SK: String(parent.item.SK) }, version: parent.version },
    {
      do: 'adjust',
      key: resellerKey(parent.id),
      add: { children: 1, version: 1 },
      short: new Problem(parentNotReseller),
    },
  ];
}

/** A child less below a reseller. */
export function dismiss(parentId: string): Write[] {
  if (!parentId.startsWith('cus_')) return [];
  return [{ do: 'adjust', key: resellerKey(parentId), add: { children: -1, version: 1 } }];
}

/** Provisions the reseller service: from now on it may have customers, and its administrators sell. */
export function makeReseller(node: Node): Plan<Customer> {
  const before = toCustomer(node.item);
  if (before.reseller) return { writes: [], reply: { body: before, version: node.version } };
  if (before.adminState === 'DISABLED') refuse(disabled);
  const after: Customer = { ...before, reseller: true };
  return {
    writes: [
      restated(node, after),
      { do: 'create', item: { ...resellerKey(node.id), kind: 'reseller', children: 0, version: 1 } },
    ],
    ...told('customers.make_reseller', node, { before: false, after: true }),
    reply: { body: after, version: node.version + 1 },
  };
}

/** Takes the reseller service away; only where it has no customers and hands on nothing. */
export function unmakeReseller(node: Node, { selling, offers, holdings }: Sales): Plan {
  const before = toCustomer(node.item);
  if (!before.reseller) return { writes: [], reply: { status: 204 } };
  if (before.adminState === 'DISABLED') refuse(disabled);
  if (selling && selling.children > 0) refuse(hasChildren, undefined, { children: selling.children });
  if (offers > 0) refuse(stillOffers, undefined, { offers });
  return {
    writes: [
      restated(node, { ...before, reseller: false }),
      sameHoldings(node.id, holdings),
      ...(selling
        ? [{ do: 'remove', key: resellerKey(node.id), version: selling.version } satisfies Write]
        : []),
    ],
    ...told('customers.unmake_reseller', node, { before: true, after: false }),
    reply: { status: 204 },
  };
}

const told = (action: string, { id }: Node, change: { before: boolean; after: boolean }) => ({
  receipt: { action, subject: id, before: { reseller: change.before }, after: { reseller: change.after } },
  announcements: [announce(customerChanged, id, { fields: ['reseller'] })],
});
