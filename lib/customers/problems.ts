import { problem } from '../kit/problem.ts';

export const mspModeOff = problem({
  code: 'customers.msp_mode_off',
  status: 409,
  title: 'Customers can be added only while MSP mode is on',
});
export const companyUnknown = problem({
  code: 'customers.company_unknown',
  status: 404,
  title: 'There is no such company in your directory',
});
export const companyIneligible = problem({
  code: 'customers.company_ineligible',
  status: 409,
  title: 'A manufacturer or the Global company cannot become a customer',
});
export const alreadyCustomer = problem({
  code: 'customers.already_added',
  status: 409,
  title: 'This company is a customer already',
});
export const nameTaken = problem({
  code: 'customers.name_taken',
  status: 409,
  title: 'Another customer has this name',
});
export const nameNeeded = problem({
  code: 'customers.name_needed',
  status: 422,
  title: 'The company’s name does not do as a customer’s name; send one',
});
export const notOfCompany = problem({
  code: 'customers.not_of_company',
  status: 422,
  title: 'An administrator must be one of the company’s own people',
});
export const alreadyAdministrator = problem({
  code: 'customers.already_administrator',
  status: 409,
  title: 'This person administers the customer already',
});
export const lastAdministrator = problem({
  code: 'customers.last_administrator',
  status: 409,
  title: 'A customer always has at least one administrator',
});
export const parentNotReseller = problem({
  code: 'customers.parent_not_reseller',
  status: 409,
  title: 'Only the provider and resellers have customers',
});
export const tooDeep = problem({
  code: 'customers.too_deep',
  status: 409,
  title: 'The tree is at most 10 levels deep below the platform',
});
export const hasChildren = problem({
  code: 'customers.has_children',
  status: 409,
  title: 'It has customers of its own',
});
export const codeTaken = problem({
  code: 'customers.code_taken',
  status: 409,
  title: 'Another customer has this code',
});
export const domainTaken = problem({
  code: 'customers.domain_taken',
  status: 409,
  title: 'Another customer has this domain',
});
export const domainShared = problem({
  code: 'customers.domain_shared',
  status: 409,
  title: 'Customers below share this domain; they must let go of it first',
});
export const domainInUse = problem({
  code: 'customers.domain_in_use',
  status: 409,
  title: 'Users’ names end with this domain; give them others first',
});
export const domainsLost = problem({
  code: 'customers.domains_lost',
  status: 409,
  title: 'It shares domains of its parent, which stay there; give it others first',
});
export const billingIdTaken = problem({
  code: 'customers.billing_id_taken',
  status: 409,
  title: 'Another customer has this billing id',
});
export const roleRestricted = problem({
  code: 'customers.role_restricted',
  status: 409,
  title: 'A role is not allowed to a node above',
});
export const limitAbove = problem({
  code: 'customers.limit_above_parent',
  status: 409,
  title: 'A node above may have fewer users',
});
export const disabled = problem({
  code: 'customers.disabled',
  status: 409,
  title: 'The customer is disabled; enable it first',
});
export const notDisabled = problem({
  code: 'customers.not_disabled',
  status: 409,
  title: 'The customer is not disabled',
});
export const busy = problem({
  code: 'customers.provisioning_busy',
  status: 409,
  title: 'The provisioning engine is at work on it',
  retryable: true,
});
export const notProvisioned = problem({
  code: 'customers.not_provisioned',
  status: 409,
  title: 'There is nothing to deprovision',
});
export const notDeprovisioned = problem({
  code: 'customers.not_deprovisioned',
  status: 409,
  title: 'Only a deprovisioned customer can be deleted',
});
export const inUse = problem({
  code: 'customers.in_use',
  status: 409,
  title: 'It still has users, services or licences',
});
export const openRequests = problem({
  code: 'customers.open_requests',
  status: 409,
  title: 'Requests of its people are still open; complete or cancel them first',
});
export const hasProbes = problem({
  code: 'customers.has_probes',
  status: 409,
  title: 'It still has probes; retire them first',
});
export const goesByPlan = problem({
  code: 'customers.goes_by_plan',
  status: 409,
  title:
    'It came to you by confirming, or has decided about your access: it is not deleted; remove it by a plan instead',
});
export const tooManyPeople = problem({
  code: 'customers.too_many_people',
  status: 409,
  title: 'More than 24 people hold roles there; remove some first',
});
export const tooManyDisabled = problem({
  code: 'customers.too_many_disabled',
  status: 409,
  title: 'A provider has at most 500 disabled resellers',
});
export const settingLocked = problem({
  code: 'customers.setting_locked',
  status: 409,
  title: 'A node above has locked this setting',
});
export const moveIntoItself = problem({
  code: 'customers.move_into_itself',
  status: 409,
  title: 'A node cannot stand below itself',
});
export const moveUnderway = problem({
  code: 'customers.move_underway',
  status: 409,
  title: 'Another subtree of the provider is being moved',
  retryable: true,
});
export const subtreeUnseen = problem({
  code: 'customers.subtree_unseen',
  status: 409,
  title: 'Not everything that stands below can be seen yet; try again in a moment',
  retryable: true,
});
export const treeChanged = problem({
  code: 'customers.tree_changed',
  status: 409,
  title: 'A subtree has moved since the first page; start again without a cursor',
});
export const notOffered = problem({
  code: 'customers.not_offered',
  status: 409,
  title: 'The new parent does not offer every service that is held',
});
export const parentDisabled = problem({
  code: 'customers.parent_disabled',
  status: 409,
  title: 'The new parent, or a reseller above it, is disabled',
});
export const rolesLost = problem({
  code: 'customers.roles_lost',
  status: 409,
  title: 'Roles usable there now are restricted above the new parent; accept that with `acceptLostRoles`',
});
export const collectionsLost = problem({
  code: 'customers.collections_lost',
  status: 409,
  title:
    'Users there hold role collections of resellers that would be above no more; give them other roles first',
});
export const tooManyServices = problem({
  code: 'customers.too_many_services',
  status: 409,
  title: 'A node that has or hands on more than 40 services cannot be moved',
});
export const stillOffers = problem({
  code: 'customers.still_offers',
  status: 409,
  title: 'It may still hand on services; withdraw these offers first',
});
export const itemsNotHeld = problem({
  code: 'customers.items_not_held',
  status: 409,
  title: 'The new parent does not have every item of the catalogue that is held',
});
export const stillProvisioned = problem({
  code: 'customers.still_provisioned',
  status: 409,
  title: 'The provisioning engine still keeps it in service; deprovision it first',
});
export const stillReseller = problem({
  code: 'customers.still_reseller',
  status: 409,
  title: 'It is a reseller; take the reseller service away first',
});
export const collectionsHeld = problem({
  code: 'customers.collections_held',
  status: 409,
  title: 'Users there hold role collections of the partner; give them other roles first',
});
export const tooMuchAtOnce = problem({
  code: 'customers.too_much_at_once',
  status: 409,
  title: 'It has more names, users and licences than one change can hand over',
});
export const namesMove = problem({
  code: 'customers.names_underway',
  status: 409,
  title: 'It has just changed hands and its users’ UPNs are on their way; try again in a moment',
  retryable: true,
});
export const linkedAlready = problem({
  code: 'customers.linked_already',
  status: 409,
  title: 'The customer belongs to a partner already',
});
export const poolShort = problem({
  code: 'customers.pool_short',
  status: 409,
  title: 'The partner’s pool has fewer licences than the customer uses',
});
