/** The request with which each API function is started cold: one that its people send most. */
export const openings: Readonly<Record<string, string>> = {
  platform: 'getMe',
  helpdesk: 'getTicket',
  directory: 'getCompany',
  customers: 'getCustomer',
  licensing: 'getLicences',
  credits: 'debitCredits: own request id',
  notifications: 'listAlerts',
  audit: 'getAuditEvent',
  users: 'getUser',
  services: 'getService',
  catalog: 'getCatalogueItem',
  requests: 'getServiceRequest',
  probes: 'getProbe',
  endpoints: 'getMachine',
  access: 'getImport',
  provisioning: 'getProvisioningRequest',
};
