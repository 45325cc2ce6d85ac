import { announce } from '../kit/event.ts';
import { type Outage, outagesFrom } from '../kit/in-service.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { answer, ask, engaged, engineOf } from './engine.ts';
import { provisioningRequested } from './events.ts';
import { type Forest, mark } from './forest.ts';
import { busy, disabled, notDisabled, notProvisioned } from './problems.ts';
import { type Customer, toCustomer } from './profile.ts';

export type Turn = 'provision' | 'deprovision' | 'disable' | 'enable';

const isBusy = ({ status }: Customer): boolean => status === 'Requested' || status === 'InProgress';

/** Asks the engine to bring the customer into the directory, or to apply what was edited. */
export function provision(node: Node, now: string): Plan<Customer> {
  const before = toCustomer(node.item);
  if (before.adminState === 'DISABLED') refuse(disabled);
  if (isBusy(before)) refuse(busy);
  return turn(node, 'provision', before, { outages: outagesFrom(node.item, { out: false, now }) });
}

/** Asks the engine to take the customer and its users out of service; records stay. */
export function deprovision(node: Node, now: string): Plan<Customer> {
  const before = toCustomer(node.item);
  if (isBusy(before)) refuse(busy);
  if (before.status === 'NotProvisioned') refuse(notProvisioned);
  return turn(node, 'deprovision', before, { outages: outagesFrom(node.item, { out: true, now }) });
}

/** Shuts the customer's people out at their next request, those of a reseller with everyone below. */
export function disable(node: Node, forest: Forest): Plan<Customer> {
  const before = toCustomer(node.item);
  if (before.adminState === 'DISABLED') refuse(disabled);
  const more = before.reseller ? mark(providerOf(node), forest, { id: node.id, disabled: true }) : [];
  return turn(node, 'disable', { ...before, adminState: 'DISABLED' }, { more });
}

/** Undoes `disable`. */
export function enable(node: Node, forest: Forest): Plan<Customer> {
  const before = toCustomer(node.item);
  if (before.adminState === 'ENABLED') refuse(notDisabled);
  const more = mark(providerOf(node), forest, { id: node.id, disabled: false });
  return turn(node, 'enable', { ...before, adminState: 'ENABLED' }, { more });
}

function turn(
  node: Node,
  what: Turn,
  value: Customer,
  { more = [], outages }: { more?: readonly Write[]; outages?: readonly Outage[] },
): Plan<Customer> {
  const version = node.version + 1;
  const { stored, after } = engaged(node, value, { engine: ask(engineOf(node.item), what, version) });
  const { status, adminState } = toCustomer(node.item);
  return {
    writes: [outages ? { ...stored, item: { ...stored.item, outages } } : stored, ...more],
    receipt: {
      action: `customers.${what}`,
      subject: node.id,
      before: { status, adminState },
      after: { status: after.status, adminState: after.adminState },
    },
    announcements: [
      announce(provisioningRequested, node.id, {
        customerId: node.id,
        what,
        version,
        code: after.code,
        parentId: after.parentId,
      }),
    ],
    reply: { body: after, version },
  };
}

/** How a request to the engine has ended. */
export interface Outcome {
  readonly what: string;
  readonly version: number;
  readonly status: 'Provisioned' | 'NotProvisioned' | 'Failed';
}

/** Takes over what the engine has done; undefined where another request of its kind has overtaken this one. */
export function finish(node: Node, outcome: Outcome): Plan | undefined {
  const next = answer(engineOf(node.item), outcome);
  if (!next) return undefined;
  const before = toCustomer(node.item);
  const { stored, after } = engaged(node, before, { engine: next });
  return {
    writes: [stored],
    receipt: {
      action: 'customers.finish_provisioning',
      subject: node.id,
      before: { status: before.status },
      after: { status: after.status },
      reason: outcome.what,
    },
    reply: {},
  };
}
