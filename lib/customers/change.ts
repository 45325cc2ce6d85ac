import * as z from 'zod';
import { announce } from '../kit/event.ts';
import { nodeKey, userCountKey, usersOfDomain } from '../kit/keys.ts';
import { difference, type Plan, refuse, type Write } from '../kit/plan.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { email, line, whole } from '../kit/text.ts';
import { mustFit } from './direct.ts';
import { exchangeBillingId, exchangeDomains, type Holders, holdDomains, sharedOf } from './domain.ts';
import { edited } from './engine.ts';
import { customerChanged } from './events.ts';
import {
  allowedByDefault,
  contact,
  customerType,
  type DomainOf,
  domains,
  restrictedSet,
  roleSet,
} from './particulars.ts';
import { domainInUse } from './problems.ts';
import { auditable, type Customer, customerName, nameKey, toCustomer, uniqueName } from './profile.ts';

export const changedCustomer = z.strictObject({
  name: customerName.optional(),
  accountManagerEmail: email.optional(),
  email: email.optional(),
  customerType: customerType.optional(),
  billingId: line(64).nullable().optional(),
  domains: domains.optional(),
  shareDomains: z.boolean().optional().describe('Domains of the parent may be used here too'),
  userLimit: whole(0, 1_000_000).nullable().optional(),
  allowedRoles: roleSet
    .optional()
    .describe('What becomes allowed is restricted no more, where `restrictedRoles` are not sent too'),
  restrictedRoles: restrictedSet.optional(),
  contactName: contact.contactName.nullable().optional(),
  phone: contact.phone.nullable().optional(),
  address: contact.address.nullable().optional(),
  city: contact.city.nullable().optional(),
  region: contact.region.nullable().optional(),
  postalCode: contact.postalCode.nullable().optional(),
  country: contact.country.nullable().optional(),
  timeZone: contact.timeZone.nullable().optional(),
  description: contact.description.nullable().optional(),
});
export type ChangedCustomer = z.output<typeof changedCustomer>;

/** What a change depends on besides the profile: who has the domains, and the nodes above where they narrow it. */
export interface Neighbours {
  readonly holders: Holders;
  /** Whose domains are to be shared. */
  readonly parent?: Node | undefined;
  /** The stored count of its users. */
  readonly users?: Readonly<Record<string, unknown>> | undefined;
  readonly line: readonly Readonly<Record<string, unknown>>[];
}

/** Changes what we know of a customer; null clears a detail. Nothing is written where nothing differs. */
export function changeCustomer(
  node: Node,
  change: ChangedCustomer,
  found: Neighbours = { holders: {}, line: [] },
): Plan<Customer> {
  const before = toCustomer(node.item);
  const { shareDomains: share = false, domains: asked, ...values } = change;
  mustFit(change, found.line);
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const held = asked && holdDomains(asked, { parent: undefined, ...found, own: node.id, share });
  const after: Customer = {
    ...before,
    ...unrestricted(before, change),
    ...given,
    ...(held ? { domains: held } : {}),
  };
  const differing = difference(before, after);
  const fields = Object.keys(differing.after);
  if (fields.length === 0) return { writes: [], reply: { body: before, version: node.version } };
  const told = difference(auditable(before), auditable(after));
  const { stored, after: changed } = edited(node, after);
  const providerId = providerOf(node);
  return {
    writes: [
      stored,
      ...rename(providerId, before, after),
      ...exchangeDomains(providerId, node.id, {
        before: before.domains,
        after: after.domains,
        holders: found.holders,
      }),
      ...leaveDomains(node, found.users, { before: before.domains, after: after.domains }),
      ...boundTo(found.parent, { before: before.domains, after: after.domains }),
      ...exchangeBillingId(providerId, node.id, { before: before.billingId, after: after.billingId }),
    ],
    receipt: {
      action: 'customers.change',
      subject: after.id,
      before: told.before,
      after: { ...told.after, changed: fields },
    },
    announcements: [announce(customerChanged, after.id, { fields })],
    reply: { body: changed, version: node.version + 1 },
  };
}

// What was restricted by default only, or is allowed anew, would be shown as allowed and let nobody through.
function unrestricted(before: Customer, { allowedRoles = [] }: ChangedCustomer): Partial<Customer> {
  const allowed: readonly string[] = before.allowedRoles ?? allowedByDefault;
  const fresh: readonly string[] = allowedRoles.filter((role) => !allowed.includes(role));
  if (fresh.length === 0 || before.restrictedRoles === null) return {};
  return { restrictedRoles: before.restrictedRoles.filter((role) => !fresh.includes(role)) };
}

/** A domain is dropped only while no user's name ends with it, and none is given one meanwhile. */
function leaveDomains(
  node: Node,
  users: Neighbours['users'],
  { before, after }: { before: readonly DomainOf[]; after: readonly DomainOf[] },
): Write[] {
  const dropped = before.filter(({ name }) => !after.some((one) => one.name === name));
  if (dropped.length === 0) return [];
  for (const { name: domain } of dropped) {
    const using = Number(users?.[usersOfDomain(domain)] ?? 0);
    if (using > 0) refuse(domainInUse, undefined, { domain, users: using });
  }
  const version = Number(users?.version ?? 0);
  const item = { kind: 'userCount', users: 0, ...users, ...userCountKey(node.id), dropped: node.version + 1 };
  return [
    users
      ? { do: 'replace', version, item: { ...item, version: version + 1 } }
      : { do: 'create', item: { ...item, version: 1 } },
  ];
}

/** A domain is shared while the parent has it. */
function boundTo(
  parent: Node | undefined,
  { before, after }: { before: readonly DomainOf[]; after: readonly DomainOf[] },
): Write[] {
  const known = sharedOf(before);
  if (!parent || sharedOf(after).every((one) => known.includes(one))) return [];
  return [{ do: 'check', key: nodeKey(parent.id), version: parent.version }];
}

function rename(providerId: string, before: Customer, after: Customer): Write[] {
  const [from, to] = [nameKey(providerId, before.name), nameKey(providerId, after.name)];
  return from.SK === to.SK ? [] : [uniqueName(providerId, after), { do: 'remove', key: from }];
}
