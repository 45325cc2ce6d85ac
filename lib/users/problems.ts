import { problem } from '../kit/problem.ts';

export const domainUnknown = problem({
  code: 'users.domain_unknown',
  status: 422,
  title: 'The UPN must end with one of the customer’s domains',
});
export const upnTaken = problem({
  code: 'users.upn_taken',
  status: 409,
  title: 'Another user has this UPN',
});
export const namesMove = problem({
  code: 'users.names_underway',
  status: 409,
  title: 'The customer has just changed hands and its users’ UPNs are on their way; try again in a moment',
  retryable: true,
});
export const userNameTaken = problem({
  code: 'users.user_name_taken',
  status: 409,
  title: 'Another user of the customer has this user name',
});
export const userNameFixed = problem({
  code: 'users.user_name_fixed',
  status: 409,
  title: 'A user name is fixed once the user has been provisioned',
});
export const userLimitReached = problem({
  code: 'users.limit_reached',
  status: 409,
  title: 'The customer has as many users as its limit allows',
});
export const lastAdministrator = problem({
  code: 'users.last_administrator',
  status: 409,
  title: 'A customer always has an administrator who can sign in',
});
export const roleNotUsable = problem({
  code: 'users.role_not_usable',
  status: 409,
  title: 'The customer, or a reseller above it, does not allow this role',
});
export const roleBeyondYours = problem({
  code: 'users.role_beyond_yours',
  status: 403,
  title: 'Nobody gives, changes or takes a role that can do more than their own',
});
export const collectionUnknown = problem({
  code: 'role_collections.unknown',
  status: 422,
  title: 'There is no such role collection at the provider or a reseller above',
});
export const collectionNameTaken = problem({
  code: 'role_collections.name_taken',
  status: 409,
  title: 'Another of your role collections has this name',
});
export const collectionInUse = problem({
  code: 'role_collections.in_use',
  status: 409,
  title: 'Users hold this role collection',
});
export const customerNotProvisioned = problem({
  code: 'users.customer_not_provisioned',
  status: 409,
  title: 'The customer itself is not provisioned',
});
export const tooManyServices = problem({
  code: 'users.too_many_services',
  status: 409,
  title: 'The user has too many services to change at once; deprovision some first',
});
export const importUnreadable = problem({
  code: 'users.import_unreadable',
  status: 422,
  title: 'The file cannot be read',
});
export const importTooLong = problem({
  code: 'users.import_too_long',
  status: 422,
  title: 'An import has at most 32 rows; send the rest with another',
});
export const importNeedsFirst = problem({
  code: 'users.import_needs_first',
  status: 409,
  title: 'Users are imported once the first one, an administrator, has been added',
});
