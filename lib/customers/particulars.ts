import * as z from 'zod';
import { offByDefault, roles } from '../kit/permission.ts';
import { domain, line, name, paragraph, whole } from '../kit/text.ts';

const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]/, 'must be a time zone of the IANA database')
  .refine(isTimeZone, 'must be a time zone of the IANA database')
  .describe('IANA name, such as `Europe/Vienna`');

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** Where and how a customer is reached. */
export const contact = {
  contactName: name(80),
  phone: line(40),
  address: paragraph(200),
  city: line(80),
  region: line(80),
  postalCode: line(20),
  country: line(80),
  timeZone,
  description: paragraph(1000),
};
export type ContactName = keyof typeof contact;
export const contactNames = Object.keys(contact) as ContactName[];

export const customerType = z.enum(['STANDARD', 'TEST', 'DEMO']);

export const code = z
  .string()
  .regex(/^[A-Z0-9]{2,10}$/, 'must be 2 to 10 of A to Z and 0 to 9')
  .describe('Names the customer in the directory; made from the name where absent; fixed');

export const locale = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag, such as `de-AT`');

export const ouStructure = z.enum([
  'UNGROUPED',
  'BY_DEPARTMENT',
  'BY_LOCATION',
  'DEPARTMENT_LOCATION',
  'LOCATION_DEPARTMENT',
  'USER_SPECIFIED',
]);

export const passwordRule = z.strictObject({
  minLength: whole(1, 127).nullable().default(null),
  changeAtNextLogon: z.boolean().default(true),
  neverExpires: z.boolean().default(false),
  expiryDays: whole(1, 999)
    .nullable()
    .default(null)
    .describe('Recorded and inherited; when a password expires the policy of the directory says'),
});
export type PasswordRule = z.output<typeof passwordRule>;

export const domainOf = z.strictObject({
  name: z.string(),
  primary: z.boolean(),
  shared: z.boolean().describe('The parent’s domain, used here too'),
});
export type DomainOf = z.infer<typeof domainOf>;

export const domains = z
  .array(z.strictObject({ name: domain, primary: z.boolean().default(false) }))
  .min(1)
  .max(20)
  .refine((list) => list.filter(({ primary }) => primary).length === 1, 'must mark exactly one as primary')
  .refine((list) => new Set(list.map((one) => one.name)).size === list.length, 'names a domain twice');

/** Roles that a customer's people can be allowed. */
export const roleName = z.enum(roles.CUSTOMER);
export type RoleName = z.infer<typeof roleName>;

export const allowedByDefault: readonly RoleName[] = roleName.options.filter(
  (one) => !offByDefault.includes(one),
);
export const restrictedByDefault: readonly RoleName[] = roleName.options.filter((one) =>
  offByDefault.includes(one),
);

/** A set of roles, each once. */
export const roleSet = z
  .array(roleName)
  .max(roleName.options.length)
  .refine((list) => new Set(list).size === list.length, 'names a role twice');

/** What may be restricted: never the role that a customer's first user holds. */
export const restrictedSet = roleSet.refine(
  (list) => !list.includes('CUSTOMER_ADMINISTRATOR'),
  'must not name CUSTOMER_ADMINISTRATOR, which the first user holds',
);
