import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { nameEntry, nodeKey, treeEntry, uniqueKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import type { Node } from '../kit/scope.ts';
import { email, foldName, id, name } from '../kit/text.ts';
import { contact, contactNames, customerType, domainOf, ouStructure, passwordRule } from './particulars.ts';
import { nameTaken } from './problems.ts';

/** The name of a company of the directory that becomes a customer; names given otherwise may have 64 characters. */
export const companyName = name(50);
export const customerName = name(64);

export const statuses = [
  'NotProvisioned',
  'Requested',
  'InProgress',
  'Provisioned',
  'Failed',
  'Pending',
] as const;

const orNull = z.string().nullable();

/** A customer of the MSP: a node of the tree. A reseller is a customer that may have customers of its own. */
export const customer = z.strictObject({
  id: z.string().describe('`cus_…`'),
  parentId: z.string(),
  companyId: orNull.describe('The directory’s company that it was made from'),
  code: orNull.describe('Names it in the directory; fixed'),
  name: z.string(),
  reseller: z.boolean(),
  customerType,
  status: z.enum(statuses).describe('What the provisioning engine has made of it'),
  adminState: z.enum(['ENABLED', 'DISABLED']).describe('Its own; a disabled reseller disables all below'),
  accountManagerEmail: orNull.describe('Who at the MSP looks after this customer'),
  email: orNull.describe('Of the contact'),
  billingId: orNull,
  location: orNull.describe('Hosted domain or directory forest; fixed'),
  domains: z.array(domainOf),
  ...(Object.fromEntries(contactNames.map((one) => [one, orNull])) as Record<
    (typeof contactNames)[number],
    typeof orNull
  >),
  locale: orNull,
  userLimit: z.int().nullable(),
  passwordRule: passwordRule.nullable(),
  ouStructure: ouStructure.nullable(),
  allowedRoles: z.array(z.string()).nullable(),
  restrictedRoles: z.array(z.string()).nullable(),
  state: z.enum(['ACTIVE']),
  createdAt: z.string(),
});
export type Customer = z.infer<typeof customer>;

/** What a profile holds that was stored before the attribute existed, or that nobody has said anything of. */
export const unsaid = {
  companyId: null,
  code: null,
  customerType: 'STANDARD',
  status: 'NotProvisioned',
  adminState: 'ENABLED',
  accountManagerEmail: null,
  email: null,
  billingId: null,
  location: null,
  domains: [],
  ...(Object.fromEntries(contactNames.map((one) => [one, null])) as Record<
    (typeof contactNames)[number],
    null
  >),
  locale: null,
  userLimit: null,
  passwordRule: null,
  ouStructure: null,
  allowedRoles: null,
  restrictedRoles: null,
  state: 'ACTIVE',
  createdAt: '',
} as const;

export const newCustomer = z.strictObject({
  companyId: id('company'),
  name: companyName.optional().describe('The company’s name where absent; unique among the MSP’s customers'),
  accountManagerEmail: email,
  administrators: z
    .array(id('person'))
    .min(1)
    .max(20)
    .refine((list) => new Set(list).size === list.length, 'names a person twice')
    .describe('People of the company; each signs in with their e-mail address from then on'),
  ...z.object(contact).partial().shape,
});

/** What an audit entry, which is kept for good, says of a customer: nothing that names or reaches a person. */
export function auditable(value: Customer): Record<string, unknown> {
  const personal = new Set([
    'accountManagerEmail',
    'contactName',
    'email',
    'phone',
    'address',
    'description',
  ]);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !personal.has(name)));
}

/** A stored profile as a customer. */
export function toCustomer(item: Readonly<Record<string, unknown>>): Customer {
  const known = Object.keys(customer.shape).flatMap((field) =>
    item[field] === undefined ? [] : [[field, item[field]]],
  );
  return customer.parse({ ...unsaid, ...Object.fromEntries(known), reseller: item.type === 'RESELLER' });
}

/** The profile to store; `path` ends with the customer itself. */
export function toItem(value: Customer, place: { path: readonly string[]; version: number }) {
  const { reseller, ...rest } = value;
  return {
    ...nodeKey(value.id),
    // An unlinked customer is its own root: nothing stands above that would list it in a tree.
    ...(place.path.length > 2 ? treeEntry(place.path[1] ?? value.parentId, place.path) : {}),
    ...nameEntry(value.parentId, 'CUSTOMER', foldName(value.name), value.id),
    ...rest,
    kind: 'node',
    type: reseller ? 'RESELLER' : 'CUSTOMER',
    path: place.path.join('/'),
    version: place.version,
  } satisfies Item;
}

/** The whole stored profile with other values; what it holds besides stays. */
export function restated(node: Node, value: Customer, path = node.path): Extract<Write, { do: 'replace' }> {
  const { G1, S1, ...kept } = node.item;
  const item = { ...kept, ...toItem(value, { path, version: node.version + 1 }) };
  return { do: 'replace', version: node.version, item };
}

export const nameKey = (providerId: string, value: string) =>
  uniqueKey(providerId, 'CUSTOMER', digest('name', foldName(value)));

export function uniqueName(providerId: string, owner: Pick<Customer, 'id' | 'name'>): Write {
  return {
    do: 'create',
    item: { ...nameKey(providerId, owner.name), kind: 'unique', customerId: owner.id },
    taken: new Problem(nameTaken),
  };
}
