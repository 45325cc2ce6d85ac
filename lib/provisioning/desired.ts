import * as z from 'zod';

const code = z.string().regex(/^[A-Z0-9-]{2,32}$/);

export const ouStructures = [
  'UNGROUPED',
  'BY_DEPARTMENT',
  'BY_LOCATION',
  'DEPARTMENT_LOCATION',
  'LOCATION_DEPARTMENT',
  'USER_SPECIFIED',
] as const;

/** A user as the directory should have them. A password is never part of it: events are kept. */
export const desiredUser = z.strictObject({
  id: z.string(),
  /** Rises with every change of the user. */
  version: z.int().min(0),
  userName: z.string().min(1).max(64),
  userPrincipalName: z.string().min(3).max(1024),
  displayName: z.string().min(1).max(256),
  firstName: z.string().max(64).nullable(),
  lastName: z.string().max(64).nullable(),
  email: z.string().max(254).nullable(),
  enabled: z.boolean(),
  administrator: z.boolean(),
  services: z.array(code).max(50).describe('Codes of the services that the user has'),
  changePasswordAtNextLogon: z.boolean(),
  passwordNeverExpires: z.boolean(),
  expiresAt: z.string().nullable().default(null).describe('First instant at which they may log on no more'),
  department: z.string().min(1).max(64).nullable(),
  location: z.string().min(1).max(64).nullable(),
  folder: z.string().min(1).max(64).nullable().describe('Own place where the structure is `USER_SPECIFIED`'),
});
export type DesiredUser = z.infer<typeof desiredUser>;

/** Everything that the engine needs to know of a customer: what should be, not what changed. */
export const desired = z.strictObject({
  version: z.int().min(0).describe('Rises with every change of the customer: older requests give way'),
  code,
  reseller: z.boolean().default(false).describe('What switches its accounts reaches those below it'),
  inService: z.boolean().default(true).describe('False once deprovisioned: enabling lets nobody in'),
  name: z.string().min(1).max(256),
  parents: z
    .array(z.strictObject({ id: z.string(), code, name: z.string().min(1).max(256) }))
    .min(1)
    .max(10)
    .describe('From the provider down to the parent'),
  ouStructure: z.enum(ouStructures),
  services: z.array(code).max(50).describe('Codes of the services that the customer has'),
  suspended: z.boolean().default(false).describe('Disabled: its accounts stay off'),
  users: z.array(desiredUser).max(20).describe('Only those that this request is about'),
  everyone: z
    .boolean()
    .default(false)
    .describe('What is provisioned brings all users of the customer to where they belong'),
  passwordLength: z.int().min(12).max(127).default(24).describe('Characters of a password that is made'),
  publicKey: z.string().max(2000).nullable().default(null).describe('Whom a new password is sealed for'),
});
export type Desired = z.infer<typeof desired>;

/** What a request is for. Those of users name exactly one user, those of services one service. */
export const whats = [
  'provision',
  'deprovision',
  'disable',
  'enable',
  'delete',
  'move',
  'align',
  'service_provision',
  'service_deprovision',
  'user_provision',
  'user_deprovision',
  'user_delete',
  'user_reset_password',
] as const;
export type What = (typeof whats)[number];

export const isOfUser = (what: What): boolean => what.startsWith('user_');
export const isOfService = (what: What): boolean => what.startsWith('service_');

/** `provision` → `CUSTOMER_PROVISION`, `user_delete` → `USER_DELETE`. */
export function kindOf(what: What): string {
  return (isOfUser(what) || isOfService(what) ? what : `customer_${what}`).toUpperCase();
}
export const kinds = whats.map(kindOf) as [string, ...string[]];
