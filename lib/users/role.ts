import * as z from 'zod';
import {
  allows,
  effective,
  letsThrough,
  permissionsOf,
  type Role,
  type RoleRule,
  rolesInForce,
} from '../kit/permission.ts';
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

/**
 * Refuses to decide over roles, or the account of who holds them, that can do more at the node than the caller can: what
 * a role can do is what `permissions` says of it there. Who appoints administrators decides over everybody.
 */
export function mustNotExceed(scope: Scope, roles: readonly Preset[], pointer = '#/role'): void {
  if (allows(scope.roles, 'administrators.manage')) return;
  const own = scope.session?.permissions ?? permissionsOf(scope.roles);
  const beyond = (one: Preset) => {
    const there = rolesInForce([one], [one], { home: scope.target.type, own: true });
    return [...permissionsOf(there)].some((permission) => !own.has(permission));
  };
  refuseEach([...new Set(roles)].filter(beyond), roleBeyondYours, {
    pointer,
    message: 'can do more than you can',
  });
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
