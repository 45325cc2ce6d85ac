import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { nameEntry, nodeKey, treeEntry, uniqueKey } from '../kit/keys.ts';
import type { Item, Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { email, foldName, id, line, name, paragraph } from '../kit/text.ts';
import { nameTaken } from './problems.ts';

const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]/, 'must be a time zone of the IANA database')
  .refine(isTimeZone, 'must be a time zone of the IANA database')
  .describe('IANA name, such as `Europe/Vienna`');

export const customerName = name(50);

const details = {
  contactName: name(80),
  phone: line(40),
  address: paragraph(200),
  city: line(80),
  country: line(80),
  timeZone,
  description: paragraph(1000),
};
type Detail = keyof typeof details;
export const detailNames = Object.keys(details) as Detail[];

const orNull = z.string().nullable();

/** A customer of the MSP: a node of the tree, made from a company of the directory. */
export const customer = z.strictObject({
  id: z.string().describe('`cus_…`'),
  parentId: z.string(),
  companyId: z.string(),
  name: z.string(),
  accountManagerEmail: z.string().describe('Who at the MSP looks after this customer'),
  contactName: orNull,
  phone: orNull,
  address: orNull,
  city: orNull,
  country: orNull,
  timeZone: orNull,
  description: orNull,
  state: z.enum(['ACTIVE']),
  createdAt: z.string(),
});
export type Customer = z.infer<typeof customer>;

export const newCustomer = z.strictObject({
  companyId: id('company'),
  name: customerName.optional().describe('The company’s name where absent; unique among the MSP’s customers'),
  accountManagerEmail: email,
  administrators: z
    .array(id('person'))
    .min(1)
    .max(20)
    .refine((list) => new Set(list).size === list.length, 'names a person twice')
    .describe('People of the company; each signs in with their e-mail address from then on'),
  ...z.object(details).partial().shape,
});

export const changedCustomer = z.strictObject({
  name: customerName.optional(),
  accountManagerEmail: email.optional(),
  contactName: details.contactName.nullable().optional(),
  phone: details.phone.nullable().optional(),
  address: details.address.nullable().optional(),
  city: details.city.nullable().optional(),
  country: details.country.nullable().optional(),
  timeZone: details.timeZone.nullable().optional(),
  description: details.description.nullable().optional(),
});

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** What an audit entry, which is kept for good, says of a customer: the company, and of people only that they were named. */
export function auditable({ id, parentId, companyId, name, city, country, timeZone, state }: Customer) {
  return { id, parentId, companyId, name, city, country, timeZone, state };
}

/** A stored profile as a customer. */
export function toCustomer(item: Readonly<Record<string, unknown>>): Customer {
  return customer.parse(Object.fromEntries(Object.keys(customer.shape).map((field) => [field, item[field]])));
}

/** The profile to store; `path` ends with the customer itself. */
export function toItem(value: Customer, place: { path: readonly string[]; version: number }) {
  return {
    ...nodeKey(value.id),
    ...treeEntry(place.path[1] ?? value.parentId, place.path),
    ...nameEntry(value.parentId, 'CUSTOMER', foldName(value.name), value.id),
    ...value,
    kind: 'node',
    type: 'CUSTOMER',
    path: place.path.join('/'),
    version: place.version,
  } satisfies Item;
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
