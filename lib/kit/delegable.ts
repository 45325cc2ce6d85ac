import { allows, customerStaff, type Permission, type Role } from './permission.ts';

/** Roles of a customer that its partner's people may take in a delegated session. */
export const delegatedRoles = customerStaff;
export type DelegatedRole = (typeof delegatedRoles)[number];

/** What each of the partner's roles may take there: nobody enters with more than their own rights. */
const delegable: Partial<Readonly<Record<Role, readonly DelegatedRole[]>>> = {
  CATALOG_ADMINISTRATOR: delegatedRoles,
  RESELLER_FULL_ADMINISTRATOR: delegatedRoles,
  SYSTEM_ADMINISTRATOR: ['CUSTOMER_OPERATOR'],
  MSP_OPERATOR: ['CUSTOMER_OPERATOR'],
};

/** The roles that a person of the partner may take in a session. */
export const takeable = (held: readonly Role[]): DelegatedRole[] =>
  delegatedRoles.filter((one) => held.some((role) => delegable[role]?.includes(one)));

/**
 * What a session may do at all: nothing that decides over owners, keys, licences, money or the delegation itself. A
 * permission that is not named here is not delegated. Source: reliability.md T-26.
 */
const delegablePermissions: readonly Permission[] = [
  'console.read',
  'console.manage',
  'customers.read',
  'licences.read',
  'items.read',
  'items.manage',
  'subscriptions.read',
  'probes.read',
  'probes.manage',
  'overview.read',
  'credits.read',
  'notifications.read',
  'alerts.snooze',
  'users.read',
  'users.manage',
  'customer_services.read',
  'customer_services.manage',
  'user_services.manage',
  'assignments.read',
  'marketplaces.read',
  'marketplaces.manage',
  'entitlements.read',
  'service_requests.read',
  'service_requests.approve',
  'provisioning.read',
  'audit.read',
];

/**
 * What a delegated session may do: of what may be delegated what its roles give, as far as it is of the console or the
 * person has it anyway.
 */
export function delegated(taken: readonly DelegatedRole[], held: readonly Role[]): Set<Permission> {
  return new Set(
    delegablePermissions.filter(
      (one) => allows(taken, one) && (one.startsWith('console.') || allows(held, one)),
    ),
  );
}
