/** Roles by the node they are held at. A role reaches the whole subtree of that node. Source: domain.md §1.3, §2.5. */
export const roles = {
  PLATFORM: ['PLATFORM_OPERATOR', 'HELP_DESK_HANDLER'],
  PROVIDER: [
    'SYSTEM_ADMINISTRATOR',
    'CATALOG_ADMINISTRATOR',
    'MSP_OPERATOR',
    'INTERNAL_SUPPLIER',
    'INTERNAL_SUPPLIER_ADMINISTRATOR',
    'ASSET_MANAGER',
    'AGENT',
  ],
  RESELLER: ['RESELLER_FULL_ADMINISTRATOR'],
  CUSTOMER: [
    'CUSTOMER_ADMINISTRATOR',
    'CUSTOMER_OPERATOR',
    'USER_AND_SERVICE_ADMINISTRATOR',
    'USER_ADMINISTRATOR',
    'PARTIAL_USER_ADMINISTRATOR',
    'SERVICE_ADMINISTRATOR',
    'MY_ACCOUNT_MANAGEMENT',
    'MY_SERVICES_MANAGEMENT',
    'MY_ACCOUNT_AND_SERVICES_MANAGEMENT',
  ],
} as const;

export type Role = (typeof roles)[keyof typeof roles][number];

const providerStaff = ['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR', 'MSP_OPERATOR'] as const;
const providerAdmins = ['SYSTEM_ADMINISTRATOR', 'CATALOG_ADMINISTRATOR'] as const;
/** Who looks at a customer's own things, or looks after them. */
export const customerStaff = ['CUSTOMER_ADMINISTRATOR', 'CUSTOMER_OPERATOR'] as const;

// Whoever may create customers and look after everything of theirs.
const sellers = ['CATALOG_ADMINISTRATOR', 'RESELLER_FULL_ADMINISTRATOR'] as const;
const userAdmins = [
  'CUSTOMER_ADMINISTRATOR',
  'USER_AND_SERVICE_ADMINISTRATOR',
  'USER_ADMINISTRATOR',
] as const;
const serviceAdmins = ['CUSTOMER_ADMINISTRATOR', 'USER_AND_SERVICE_ADMINISTRATOR'] as const;
const suppliers = ['INTERNAL_SUPPLIER', 'INTERNAL_SUPPLIER_ADMINISTRATOR'] as const;
// Those who see what customers have been given of the catalogue, and how they hand it on.
const catalogueReaders = [
  ...providerStaff,
  ...suppliers,
  'ASSET_MANAGER',
  'RESELLER_FULL_ADMINISTRATOR',
  ...customerStaff,
] as const;

/** Which roles may do what. Default deny: a permission absent here does not exist. */
export const permissions = {
  'providers.create': ['PLATFORM_OPERATOR'],
  'providers.read': ['PLATFORM_OPERATOR', 'HELP_DESK_HANDLER', ...providerStaff],
  'providers.update': ['PLATFORM_OPERATOR', 'SYSTEM_ADMINISTRATOR'],
  'members.read': ['PLATFORM_OPERATOR', ...providerAdmins],
  'members.manage': ['PLATFORM_OPERATOR', 'SYSTEM_ADMINISTRATOR'],
  'tickets.create': [...providerAdmins],
  'tickets.read': ['HELP_DESK_HANDLER', 'PLATFORM_OPERATOR', ...providerStaff],
  'tickets.comment': ['HELP_DESK_HANDLER', ...providerAdmins],
  'tickets.cancel': [...providerAdmins],
  'tickets.decide': ['HELP_DESK_HANDLER'],
  'msp_mode.read': [...providerStaff],
  'msp_mode.enable': ['SYSTEM_ADMINISTRATOR'],
  'msp_mode.disable': ['SYSTEM_ADMINISTRATOR'],
  'external_users.read': [...providerStaff],
  'external_users.manage': [...providerAdmins],
  'collaborator_groups.read': [...providerStaff],
  'collaborator_groups.manage': [...providerAdmins],
  'directory.read': [...providerStaff],
  'directory.manage': [...providerAdmins],
  'customers.create': [...sellers],
  'customers.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'customers.list': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'customers.supply': [...sellers],
  'customers.move': [...sellers],
  'customers.update': [...sellers],
  'administrators.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'administrators.manage': [...sellers],
  'licences.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'licences.allocate': ['CATALOG_ADMINISTRATOR'],
  'pool.read': [...providerStaff],
  'pool.manage': ['CATALOG_ADMINISTRATOR'],
  'items.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'items.manage': ['CATALOG_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'],
  'products.read': [...providerStaff],
  'products.manage': ['CATALOG_ADMINISTRATOR'],
  'subscriptions.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'subscriptions.manage': [...sellers],
  'management.manage': [...sellers],
  'probes.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'probes.manage': [...sellers, 'CUSTOMER_ADMINISTRATOR'],
  'probes.approve': [...sellers],
  'overview.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'credit_system.read': [...providerStaff],
  'credit_system.switch': ['CATALOG_ADMINISTRATOR'],
  'credits.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'credits.grant': ['CATALOG_ADMINISTRATOR'],
  'credits.debit': ['CATALOG_ADMINISTRATOR'],
  'credits.transfer': [...sellers],
  'credits.settings': ['CATALOG_ADMINISTRATOR'],
  'notifications.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'notifications.manage': ['CATALOG_ADMINISTRATOR'],
  'alerts.snooze': ['CATALOG_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'],
  'users.read': [
    ...providerStaff,
    'RESELLER_FULL_ADMINISTRATOR',
    ...userAdmins,
    'CUSTOMER_OPERATOR',
    'PARTIAL_USER_ADMINISTRATOR',
    'SERVICE_ADMINISTRATOR',
  ],
  'users.manage': [...sellers, ...userAdmins],
  'users.reset_password': [...sellers, ...userAdmins, 'PARTIAL_USER_ADMINISTRATOR'],
  'role_collections.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'role_collections.manage': [...sellers],
  'services.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'services.manage': ['CATALOG_ADMINISTRATOR'],
  'offers.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'offers.manage': [...sellers],
  'customer_services.read': [
    ...providerStaff,
    'RESELLER_FULL_ADMINISTRATOR',
    ...userAdmins,
    'CUSTOMER_OPERATOR',
    'SERVICE_ADMINISTRATOR',
  ],
  'customer_services.manage': [...sellers, ...serviceAdmins],
  'user_services.manage': [...sellers, ...serviceAdmins, 'SERVICE_ADMINISTRATOR'],
  'billing.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'catalogue.read': [...providerStaff, ...suppliers, 'ASSET_MANAGER'],
  'catalogue.author': ['CATALOG_ADMINISTRATOR', ...suppliers],
  'catalogue.publish': ['CATALOG_ADMINISTRATOR', 'INTERNAL_SUPPLIER_ADMINISTRATOR'],
  'assignments.read': [...catalogueReaders],
  'assignments.manage': [...sellers],
  'marketplaces.read': [...catalogueReaders],
  'marketplaces.manage': [...sellers, ...suppliers, 'ASSET_MANAGER', 'CUSTOMER_ADMINISTRATOR'],
  'full_view.manage': ['CATALOG_ADMINISTRATOR'],
  'restricted.manage': ['CATALOG_ADMINISTRATOR', ...suppliers],
  'entitlements.read': [...sellers, ...suppliers, 'CUSTOMER_ADMINISTRATOR'],
  'service_requests.read': [...providerStaff, ...suppliers, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'service_requests.report': [...providerStaff, ...suppliers, 'AGENT'],
  'service_requests.approve': [...sellers, 'CUSTOMER_ADMINISTRATOR'],
  'service_requests.fulfil': [...sellers, ...suppliers],
  // Gives credits back.
  'service_requests.fail': [...sellers],
  'provisioning.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'provisioning.manage': [...sellers],
  // A customer's console: the partner's people hold these in a delegated session alone.
  'console.read': [...customerStaff],
  'console.manage': ['CUSTOMER_ADMINISTRATOR'],
  'access.enter': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'access.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', ...customerStaff],
  'access.ask': [...sellers],
  'access.decide': ['CUSTOMER_ADMINISTRATOR'],
  'access.end': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'],
  'access.review': [...providerAdmins],
  'imports.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'imports.manage': [...sellers],
  'removals.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'removals.manage': [...sellers],
  'accounts.manage': ['PLATFORM_OPERATOR'],
  'own_licences.manage': ['CUSTOMER_ADMINISTRATOR'],
  'operations.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR'],
  'audit.read': [...providerStaff, 'RESELLER_FULL_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

const ofCustomers: readonly string[] = roles.CUSTOMER;

/** Roles that a node below the provider lets through only where it names them. Source: domain.md §3.5. */
export const offByDefault: readonly string[] = [
  'MY_ACCOUNT_MANAGEMENT',
  'MY_SERVICES_MANAGEMENT',
  'MY_ACCOUNT_AND_SERVICES_MANAGEMENT',
];

/** What a stored profile says of the roles of people at and below its node. */
export interface RoleRule {
  readonly type?: unknown;
  readonly allowedRoles?: unknown;
  readonly restrictedRoles?: unknown;
}

/** True where one node by itself lets a role of customers through: a provider all, another all but the My-roles, unless it says otherwise. */
export function letsThrough({ type, allowedRoles, restrictedRoles }: RoleRule, role: string): boolean {
  const allowed = allowedRoles as readonly string[] | null | undefined;
  const restricted = restrictedRoles as readonly string[] | null | undefined;
  const byDefault = type === 'PROVIDER' || !offByDefault.includes(role);
  return (allowed?.includes(role) ?? byDefault) && !restricted?.includes(role);
}

/** The cascade: of the roles held those that every node of the line, down to the customer, lets through. */
export function effective<R extends string>(held: readonly R[], line: readonly RoleRule[]): R[] {
  return held.filter((role) => !ofCustomers.includes(role) || line.every((one) => letsThrough(one, role)));
}

/**
 * The roles that count at a node: those that token and membership both name. Administrators of a reseller are its
 * full administrators while it is one; roles of customers reach their own customer, not those below it.
 */
export function rolesInForce(
  held: readonly Role[],
  claimed: readonly string[],
  where: { readonly home: 'RESELLER' | (string & {}); readonly own: boolean },
): Role[] {
  const both = held.filter((role) => claimed.includes(role) && role !== 'RESELLER_FULL_ADMINISTRATOR');
  const selling =
    where.home === 'RESELLER' &&
    (['CUSTOMER_ADMINISTRATOR', 'RESELLER_FULL_ADMINISTRATOR'] as const).some(
      (role) => held.includes(role) && claimed.includes(role),
    );
  const counting = where.own ? both : reaching(both);
  return selling ? [...counting, 'RESELLER_FULL_ADMINISTRATOR'] : counting;
}

/** Of these roles those that reach below the node they are held at: roles of customers reach their own customer alone. */
export const reaching = (held: readonly Role[]): Role[] => held.filter((role) => !ofCustomers.includes(role));

/** Everything that the roles give together. */
export function permissionsOf(held: readonly Role[]): Set<Permission> {
  return new Set((Object.keys(permissions) as Permission[]).filter((one) => allows(held, one)));
}

/** True when one of the roles gives the permission. */
export function allows(held: readonly Role[], permission: Permission): boolean {
  const granted: readonly Role[] = permissions[permission];
  return held.some((role) => granted.includes(role));
}
