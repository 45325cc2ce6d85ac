import * as z from 'zod';
import { effective, letsThrough, type Role, type RoleRule } from '../kit/permission.ts';
import { Problem, type ProblemType } from '../kit/problem.ts';
import type { Scope } from '../kit/scope.ts';
import { id } from '../kit/text.ts';
import { roleBeyondYours, roleNotUsable } from './problems.ts';

/** Built-in roles that a customer's users can hold; nobody edits or deletes them. */
export const presets = [
  'CUSTOMER_ADMINISTRATOR',
  'USER_AND_SERVICE_ADMINISTRATOR',
  'USER_ADMINISTRATOR',
  'PARTIAL_USER_ADMINISTRATOR',
  'SERVICE_ADMINISTRATOR',
  'MY_ACCOUNT_MANAGEMENT',
  'MY_SERVICES_MANAGEMENT',
  'MY_ACCOUNT_AND_SERVICES_MANAGEMENT',
] as const satisfies readonly Role[];
export type Preset = (typeof presets)[number];

/** One built-in role, or one collection of them. */
export const roleChoice = z.union([
  z.strictObject({ preset: z.enum(presets) }),
  z.strictObject({ collectionId: id('roleCollection') }),
]);
export type RoleChoice = z.output<typeof roleChoice>;

/** The same as held: with the node that keeps the collection. */
export const roleHeld = z.union([
  z.strictObject({ preset: z.enum(presets) }),
  z.strictObject({ collectionId: z.string(), nodeId: z.string() }),
]);
export type RoleHeld = z.output<typeof roleHeld>;

const everything = ['users', 'passwords', 'services', 'customer services'];
const powers: Readonly<Record<Preset, readonly string[]>> = {
  CUSTOMER_ADMINISTRATOR: everything,
  USER_AND_SERVICE_ADMINISTRATOR: everything,
  USER_ADMINISTRATOR: ['users', 'passwords'],
  PARTIAL_USER_ADMINISTRATOR: ['passwords'],
  SERVICE_ADMINISTRATOR: ['services'],
  MY_ACCOUNT_MANAGEMENT: [],
  MY_SERVICES_MANAGEMENT: [],
  MY_ACCOUNT_AND_SERVICES_MANAGEMENT: [],
};

/** What one node by itself allows. */
export const allowedAt = (item: RoleRule): Preset[] => presets.filter((one) => letsThrough(item, one));

/** The cascade: what every node from the provider down to the customer allows. */
export const usableRoles = (line: readonly RoleRule[]): Preset[] => effective(presets, line);

/** Refuses, naming them, roles that the cascade does not let through. */
export function mustBeUsable(roles: readonly Preset[], usable: readonly Preset[], pointer = '#/role'): void {
  refuseEach(
    roles.filter((one) => !usable.includes(one)),
    roleNotUsable,
    { pointer, message: 'is not allowed at the customer or above it' },
  );
}

/** Refuses when a customer's own administrator would decide over roles that can do more than they can. */
export function mustNotExceed(scope: Scope, roles: readonly Preset[], pointer = '#/role'): void {
  if (scope.home.id !== scope.target.id || scope.roles.includes('RESELLER_FULL_ADMINISTRATOR')) return;
  const own = new Set(scope.roles.flatMap((role) => powers[role as Preset] ?? []));
  refuseEach(
    roles.filter((one) => powers[one].some((power) => !own.has(power))),
    roleBeyondYours,
    { pointer, message: 'can do more than you can' },
  );
}

function refuseEach(
  roles: readonly Preset[],
  type: ProblemType,
  error: { pointer: string; message: string },
): void {
  if (roles.length === 0) return;
  const errors = [{ pointer: error.pointer, message: `${roles.join(', ')} ${error.message}` }];
  throw new Problem(type, undefined, { errors });
}
