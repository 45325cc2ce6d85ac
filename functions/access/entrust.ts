import * as z from 'zod';
import {
  contact,
  mustBeAtCustomer,
  mustBeGivenAtOnce,
  type Products,
  products,
} from '../../lib/access/managed.ts';
import { managedCustomerAdded } from '../../lib/access/managed-events.ts';
import { addDirectly, directCustomer, type Surroundings } from '../../lib/customers/direct.ts';
import { customerAdded } from '../../lib/customers/events.ts';
import { type Customer, customer } from '../../lib/customers/profile.ts';
import { announce } from '../../lib/kit/event.ts';
import { join } from '../../lib/kit/membership.ts';
import type { Plan, Write } from '../../lib/kit/plan.ts';
import { decidedAt, writtenAt } from '../../lib/kit/relocate.ts';
import { type Node, providerOf } from '../../lib/kit/scope.ts';
import { knownByNothing, traitsOf } from '../../lib/licensing/known-by.ts';
import { management, setManagement, toManagement } from '../../lib/licensing/management.ts';
import type { Product } from '../../lib/licensing/product.ts';
import type { Partner } from '../../lib/licensing/purchaser.ts';
import { toSeatMeter } from '../../lib/licensing/seat-meter.ts';
import { subscribe } from '../../lib/licensing/subscribe.ts';
import { subscription } from '../../lib/licensing/subscription.ts';
import { trialMarks } from '../../lib/licensing/trial.ts';

/** A customer as a partner adds it, in this order: who manages it, the company, the contact, the products. */
export const newManagedCustomer = z.strictObject({
  managementType: management.shape.managementType,
  communications: management.shape.communications.default('BOTH'),
  company: directCustomer,
  contact,
  products: products.default([]),
});
type Command = z.output<typeof newManagedCustomer>;

export const managedCustomer = z.strictObject({
  customer,
  administrator: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
  ...management.shape,
  subscriptions: z.array(subscription),
});

export interface Entrusted {
  readonly found: Surroundings;
  readonly partner: Partner;
  /** In the order of the command's products. */
  readonly products: readonly (Product | undefined)[];
}

interface Made {
  readonly id: string;
  readonly personId: string;
  readonly newSubscriptionId: () => string;
  readonly now: string;
  readonly again: boolean;
}

/** What a transaction has room for beside receipt and claim: 20 domains, 10 trials and their marks, and a few of domains above. */
const mostWrites = 98;

/** Adds a customer with its first administrator, who manages it and its first licences: all or nothing. */
export function entrust(
  home: Node,
  { command, found, partner, products }: Entrusted & { command: Command },
  made: Made,
): Plan<z.input<typeof managedCustomer>> {
  const { managementType, communications, company, contact } = command;
  const added = decidedAt('#/company', () => addDirectly(home, { command: company, found }, made));
  const node = added.reply.body as Customer;
  mustBeAtCustomer({ company, domains: node.domains, contact }, partner);
  const administrator = { id: made.personId, name: contact.name, email: contact.email };
  const managed = setManagement(
    { customerId: made.id, before: toManagement(undefined) },
    { managementType, communications },
    undefined,
  );
  const providerId = providerOf(home);
  const given = command.products.map((one, index) =>
    give(one, { providerId, node, product: products[index], at: `#/products/${index}` }, made),
  );
  const licences = given.map(({ plan, product }) => told(plan, product));
  const writes = [
    ...writtenAt('#/company', added.writes),
    ...writtenAt(
      '#/contact',
      join({
        ...{ nodeId: made.id, personId: made.personId, name: contact.name, email: contact.email },
        ...{ roles: ['CUSTOMER_ADMINISTRATOR'], version: 1, createdAt: made.now },
      }),
    ),
    ...managed.writes,
    ...given.flatMap(({ plan, at }) => writtenAt(at, plan.writes)),
  ];
  return {
    writes: [...writes, ...marksOf(given, { providerId, node }).slice(0, mostWrites - writes.length)],
    receipt: {
      ...{ action: 'customers.add', subject: made.id, tenantId: made.id },
      after: {
        ...added.receipt?.after,
        ...{ administrators: [made.personId], managementType, communications },
        ...(contact.attested ? { contactAttested: true } : {}),
        licences: given.map(({ plan }) => plan.receipt?.after),
      },
    },
    announcements: [
      announce(customerAdded, made.id, {
        ...{ name: node.name, companyId: null, parentId: node.parentId, administrators: [made.personId] },
      }),
      ...given.flatMap(({ plan }) => plan.announcements ?? []),
      announce(managedCustomerAdded, made.id, {
        ...{ partner: home.name, managementType, communications, administrator: made.personId, licences },
      }),
    ],
    reply: {
      body: {
        ...{ customer: node, administrator, managementType, communications },
        subscriptions: given.flatMap(({ plan }) => (plan.reply.body ? [plan.reply.body] : [])),
      },
      version: 1,
      location: `/v1/customers/${made.id}`,
    },
  };
}

function give(
  command: Products[number],
  of: { providerId: string; node: Customer; product: Product | undefined; at: string },
  { id: customerId, newSubscriptionId, now }: Made,
) {
  const { providerId, node, product, at } = of;
  const { source, productId, seats = 0 } = command;
  const plan = decidedAt(at, () => {
    mustBeGivenAtOnce(command);
    return subscribe(
      {
        ...{ customerId, providerId, product, licenceKey: undefined },
        // One mark for all trials: `marksOf`.
        ...{ timeZone: traitsOf(node).timeZone, knownBy: knownByNothing },
        meter: toSeatMeter(undefined, { customerId, productId, now }),
        partner: { names: [], addresses: [], domains: [] },
      },
      source === 'MSP' ? { source, productId, seats } : { source: 'TRIAL', productId },
      { id: newSubscriptionId(), now },
    );
  });
  return { plan, product, at };
}

/** Marks all trials at once, by what the new customer is known by, domains above its own last. */
function marksOf(
  given: readonly ReturnType<typeof give>[],
  { providerId, node }: { providerId: string; node: Customer },
): Write[] {
  const had = given.flatMap(({ plan, at }) => {
    const { kind, id: subscriptionId, productId } = subscription.parse(plan.reply.body);
    return kind === 'TRIAL' ? [{ at, productId, subscriptionId }] : [];
  });
  const [first, ...more] = had;
  if (!first) return [];
  const at = more.length > 0 ? '#/products' : first.at;
  return writtenAt(at, trialMarks(providerId, traitsOf(node).knownBy, [first, ...more]));
}

function told({ reply }: ReturnType<typeof subscribe>, product: Product | undefined) {
  const { kind, seats, endsAt } = subscription.parse(reply.body);
  return {
    product: product?.name ?? '',
    kind: kind === 'MSP' ? ('MSP' as const) : ('TRIAL' as const),
    ...{ seats, endsAt },
  };
}
