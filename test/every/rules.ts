import type { Role } from '../../lib/kit/permission.ts';

/** A letter for each role: in capitals those that reach below the node they are held at. */
export const letters: Readonly<Record<Role, string>> = {
  PLATFORM_OPERATOR: 'P',
  HELP_DESK_HANDLER: 'H',
  SYSTEM_ADMINISTRATOR: 'S',
  CATALOG_ADMINISTRATOR: 'C',
  MSP_OPERATOR: 'O',
  INTERNAL_SUPPLIER: 'I',
  INTERNAL_SUPPLIER_ADMINISTRATOR: 'J',
  ASSET_MANAGER: 'M',
  AGENT: 'G',
  RESELLER_FULL_ADMINISTRATOR: 'R',
  CUSTOMER_ADMINISTRATOR: 'a',
  CUSTOMER_OPERATOR: 'o',
  USER_AND_SERVICE_ADMINISTRATOR: 'b',
  USER_ADMINISTRATOR: 'u',
  PARTIAL_USER_ADMINISTRATOR: 'p',
  SERVICE_ADMINISTRATOR: 's',
  MY_ACCOUNT_MANAGEMENT: 'x',
  MY_SERVICES_MANAGEMENT: 'y',
  MY_ACCOUNT_AND_SERVICES_MANAGEMENT: 'z',
};

/**
 * Who may call what, said a second time and by hand: the roles, where, and the routes. A route that is not here, or
 * whose record says otherwise, fails the matrix. `home`: what belongs to the caller's own node, of these types. `a
 * customer`, `a reseller`, `provider`: the node that the path names, the caller's own or one below; `below`: never the
 * own one, and `next below`, among resellers, by its parent alone.
 */
const statement = `
C | a customer
  adjustCredits changeCreditSettings debitBatch debitCredits grantCredits refundDebit switchFullView setLicences
  setNotificationSettings sendNoticeToMe takeSeat freeSeat resendNotice releaseSuppressedAddress
C | home provider
  switchCreditSystem createService changeService createPlan changePlan setPool setNotificationDefaults
  createProduct changeProduct createLicenceKey revokeLicenceKey
CIJ | a customer
  restrictItem unrestrictItem
CIJ | home provider
  createCatalogueItem editCatalogueItem removeCatalogueItem submitCatalogueItem importCatalogue
CIJMRa | a customer
  createMarketplace changeMarketplace deleteMarketplace previewMarketplace enrolEndUsers createDynamicGroup
  changeDynamicGroup deleteDynamicGroup
CIJR | a customer
  completeServiceRequest pendServiceRequest resumeServiceRequest startServiceRequest
CIJRa | a customer
  listDynamicGroupMembers
CIJRa | home customer provider reseller
  getEntitlements
CJ | home provider
  publishCatalogueItem rejectCatalogueItem unpublishCatalogueItem
CR | a customer next below
  reclaimCredits transferCredits
CR | a customer below
  updateCustomer provisionCustomer deprovisionCustomer disableCustomer enableCustomer deleteCustomer
  moveCustomer provisionResellerService removeResellerService assignItem unassignItem addSubscription
  changeSubscription renewSubscription removeSubscription setManagement askAccess planRemoval
CR | a customer
  changeSettings addAdministrator removeAdministrator failServiceRequest approveProbe setProbeApproval
  retryProvisioningRequest resetProvisioningRequest
CR | a reseller below
  setOffer withdrawOffer
CR | home provider reseller
  createCustomer getMove createRoleCollection changeRoleCollection deleteRoleCollection addManagedCustomer
  askImport resendImport cancelImport executeRemoval
CR | provider
  changeDefaultSettings
CRa | a customer
  approveServiceRequest cancelServiceRequest holdServiceRequest rejectServiceRequest createProbe changeProbe
  retireProbe issueEnrolmentKey revokeProbe orderCommand createMaintenanceWindow deleteMaintenanceWindow
CRab | a customer
  provisionCustomerService deprovisionCustomerService
CRabs | a customer
  provisionUserService deprovisionUserService
CRabu | a customer
  createUser importUsers changeUser deleteUser provisionUser deprovisionUser
CRabup | a customer
  resetPassword
Ca | a customer
  addItems manageItems unmanageItems deleteItem snoozeAlert endSnooze
H | home platform
  approveTicket rejectTicket
HSC | home platform provider
  addComment
P | home platform
  createProvider openAccount listAccounts
PHSCO | home platform provider
  listTickets getTicket listComments
PHSCO | home platform
  listProviders
PHSCO | provider
  getProvider
PS | provider
  updateProvider addMember changeMember removeMember
PSC | provider
  listMembers getMember
S | home provider
  enableMspMode disableMspMode
SC | home provider
  createTicket cancelTicket createExternalUser deleteExternalUser createCollaboratorGroup
  deleteCollaboratorGroup createCompany updateCompany removeCompany createPerson updatePerson removePerson
  importDirectory reviewAccess
SCO | home provider
  getCreditSystem getMspMode getEligibility listExternalUsers getExternalUser listCollaboratorGroups
  getCollaboratorGroup listCompanies getCompany listPeople getPerson findPeople listGroups listPools getPool
  listProducts getProduct listLicenceKeys getLicenceKey
SCOIJG | home provider
  exportRequestReport reportServiceRequests
SCOIJM | home provider
  listCatalogueItems showCatalogueItem listCatalogueRevisions exportCatalogue
SCOIJMRao | a customer
  listAssignments getAssignment listMarketplaces getMarketplace getCatalogueOperation getFullView
  listRestrictedItems listDynamicGroups getDynamicGroup
SCOIJRao | a customer
  exportServiceRequests getServiceRequest listServiceRequests
SCOR | a customer below
  openSession
SCOR | a customer
  listSubtree
SCOR | a reseller
  listOffers getOffer
SCOR | home provider reseller
  listCustomers listRoleCollections getRoleCollection getService listPlans getBilling exportBilling listImports
  getImport getRemoval
SCOR | home provider
  getArchivedCustomer listServices getPlan getOperation listOperationRows
SCOR | provider
  getDefaultSettings
SCORa | a customer
  endSession
SCORa | home customer provider reseller
  listAuditEvents getAuditEvent listAuditSeals exportAudit
SCORao | a customer
  exportConsumption exportEntries getConsumption getCreditSettings getCredits getEntry getForecast listEntries
  getCustomer getEffectiveSettings listAdministrators getAdministrator getLicences listItems getItem
  getNotificationSettings previewNotice listSubscriptions getSubscription listHoldings listSeats getSeatUsage
  getManagement listProbes getProbe getProbeApproval getProbeOperation listMaintenanceWindows
  getMaintenanceWindow getRecommendedAllocation getCustomerOverview getAccess listSessions getSession
  listNotices getNotice listAlerts explainAlert getSnooze listSuppressedAddresses getSuppressedAddress
  listProvisioningRequests getProvisioningRequest listDirectoryObjects
SCORao | home provider reseller
  getOverview
SCORao | home provider
  listArchivedEntries getNotificationDefaults
SCORaobups | a customer
  listUsers getUser
SCORaobus | a customer
  listCustomerServices getCustomerService listUserServices getUserService
a | a customer
  changeMachine removeMachine createMachineGroup changeMachineGroup deleteMachineGroup createPolicy changePolicy
  deletePolicy createPackage revokePackage decideAccess decideSession
a | home customer reseller
  answerImport listRemovalReports buyOwnLicence listOwnLicences
anybody | -
  getMe
ao | a customer
  listMachines getMachine getMachineInventory listMachineGroups getMachineGroup listPolicies getPolicy
  listPolicyVersions listPackages getPackageManifest
end users | home customer reseller
  listCatalogue getCatalogueItem cancelMyServiceRequest confirmMyServiceRequest getMyServiceRequest
  listMyServiceRequests submitServiceRequest
`;

export interface Rule {
  /** Letters of the roles; or `anybody` who is a member or an end user, or `end users`. */
  readonly who: string;
  readonly home: readonly string[] | undefined;
  /** What the path names. */
  readonly named: 'a customer' | 'a reseller' | 'provider' | undefined;
  readonly below: boolean;
  /** Among resellers by the parent alone. */
  readonly fromNextAbove: boolean;
}

function read(): Map<string, Rule> {
  const out = new Map<string, Rule>();
  let rule: Rule | undefined;
  for (const line of statement.trim().split('\n')) {
    const [who = '', where] = line.split(' | ');
    if (where !== undefined) {
      const [, types] = /^home (.+)$/.exec(where) ?? [];
      const named = /^(a customer|a reseller|provider)/.exec(where)?.[1] as Rule['named'];
      rule = {
        who,
        home: types?.toUpperCase().split(' '),
        named,
        below: where.endsWith(' below'),
        fromNextAbove: where.includes(' next '),
      };
      continue;
    }
    for (const id of line.trim().split(' ')) {
      if (!rule || out.has(id)) throw new Error(`${id} stands in no place, or in two`);
      out.set(id, rule);
    }
  }
  return out;
}

export const rules: ReadonlyMap<string, Rule> = read();
