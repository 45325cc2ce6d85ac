import * as keys from '../lib/kit/keys.ts';

const n = (name: string) => `<${name}>`;

/** What stands in the key of each kind of item: the arguments of the functions of `lib/kit/keys.ts`, by their names. */
const keyParts: Readonly<Record<string, readonly unknown[]>> = {
  nodeKey: [n('nodeId')],
  memberKey: [n('nodeId'), n('personId')],
  identityKey: [n('platformId'), n('emailHash')],
  uniqueKey: [n('tenantId'), n('what'), n('hash')],
  auditKey: [n('tenantId'), n('auditId')],
  sealKey: [n('rootId'), n('seq')],
  sealPartKey: [n('nodeId'), n('number')],
  anchorDueKey: [{ day: n('day'), rootId: n('rootId') }],
  reconcilerKey: [],
  claimKey: [n('tenantId'), n('hash')],
  operationKey: [n('tenantId'), n('operationId')],
  companyKey: [n('providerId'), n('companyId')],
  companyGroupKey: [n('providerId'), n('companyId'), [n('organizationHash'), n('departmentHash')]],
  importChunkKey: [n('providerId'), n('operationId'), n('chunk')],
  importResultKey: [n('providerId'), n('operationId'), { state: n('F or S'), from: n('row') }],
  personKey: [n('providerId'), n('companyId'), n('personId')],
  externalUserKey: [n('providerId'), n('externalId')],
  ticketKey: [n('platformId'), n('ticketId')],
  commentKey: [n('platformId'), n('ticketId'), n('commentId')],
  collaboratorGroupKey: [n('providerId'), n('groupId')],
  meterKey: [n('nodeId'), n('resourceType')],
  settingsKey: [n('nodeId'), n('what')],
  forestKey: [n('providerId')],
  holdingsKey: [n('nodeId')],
  formerCustomerKey: [n('parentId'), n('until'), n('customerId')],
  archiveKey: [n('providerId'), n('customerId')],
  resellerKey: [n('nodeId')],
  userKey: [n('customerId'), n('userId')],
  userCountKey: [n('customerId')],
  userMailKey: [n('customerId'), n('userId')],
  roleCollectionKey: [n('nodeId'), n('collectionId')],
  serviceKey: [n('providerId'), n('serviceId')],
  planKey: [n('providerId'), n('serviceId'), n('planId')],
  offerKey: [n('resellerId'), n('serviceId')],
  customerServiceKey: [n('customerId'), n('serviceId')],
  userServiceKey: [n('customerId'), n('userId'), n('serviceId')],
  catalogKey: [n('providerId'), n('itemId')],
  catalogRevisionKey: [n('providerId'), n('itemId'), n('revision')],
  catalogLookupKey: [n('providerId'), n('itemId')],
  assignmentKey: [n('customerId'), n('itemId')],
  endUserKey: [n('customerId'), n('personId')],
  marketplaceKey: [n('customerId'), n('marketplaceId')],
  dynamicGroupKey: [n('customerId'), n('dynamicGroupId')],
  serviceRequestKey: [n('customerId'), n('requestId')],
  openRequestsKey: [n('customerId')],
  provisioningRequestKey: [n('customerId'), n('requestId')],
  directoryObjectKey: [n('ownerId'), n('entryId')],
  monitoredItemKey: [n('customerId'), n('itemId')],
  entryKey: [n('customerId'), n('previousAt')],
  refundKey: [n('customerId'), n('debitKey')],
  dueLotsKey: [{ expiresAt: n('hour'), customerId: n('customerId'), entry: n('entryId') }],
  probeKey: [n('customerId'), n('probeId')],
  pulseKey: [n('customerId'), n('probeId')],
  probeCountsKey: [n('customerId')],
  wheelKey: [{ minute: n('minute'), customerId: n('customerId'), probeId: n('probeId') }],
  maintenanceWindowKey: [n('customerId'), n('windowId')],
  observedKey: [n('customerId'), n('day'), n('probeId')],
  rollupKey: [n('nodeId')],
  productKey: [n('providerId'), n('productId')],
  productCountKey: [n('providerId')],
  licenceKeyKey: [n('providerId'), n('licenceKeyId')],
  subscriptionKey: [n('customerId'), n('subscriptionId')],
  trialKey: [n('customerId'), n('productId')],
  seatMeterKey: [n('customerId'), n('productId')],
  seatKey: [n('customerId'), n('productId'), n('machineRef')],
  seatMonthKey: [n('customerId'), n('productId'), n('month')],
  licenceDueKey: [{ at: n('at'), customerId: n('customerId'), productId: n('productId') }],
  managementKey: [n('customerId')],
  machineKey: [n('customerId'), n('machineId')],
  machinePulseKey: [n('customerId'), n('machineId')],
  machineReportKey: [n('customerId'), n('machineId')],
  machineGroupKey: [n('customerId'), n('groupId')],
  consoleKey: [n('customerId')],
  policyKey: [n('customerId'), n('policyId')],
  policyVersionKey: [n('customerId'), n('policyId'), n('version')],
  packageKey: [n('customerId'), n('packageId')],
  accessKey: [n('customerId')],
  accessSessionKey: [n('customerId'), n('sessionId')],
  openSessionsKey: [n('customerId')],
  accessDueKey: [{ at: n('at'), customerId: n('customerId') }],
  importKey: [n('partnerId'), n('importId')],
  openImportsKey: [n('partnerId')],
  importLinkKey: [n('tokenHash')],
  importRecipientKey: [n('importId')],
  importMailsKey: [n('addressHash'), n('day')],
  removalKey: [n('ownerId'), n('removalId')],
  noticeKey: [n('tenantId'), n('noticeId')],
  deliveryKey: [n('tenantId'), n('noticeId'), { recipientHash: n('recipientHash'), attempt: n('attempt') }],
  messageKey: [n('tenantId'), n('noticeId')],
  alertKey: [n('tenantId'), n('alertId')],
  suppressionKey: [n('tenantId'), n('recipientHash')],
};

/** The same for places in the two indexes. */
const entryParts: Readonly<Record<string, readonly unknown[]>> = {
  treeEntry: [n('rootId'), [n('platformId'), n('…'), n('nodeId')]],
  userAddressEntry: [n('customerId'), n('address'), n('userId')],
  serviceUserEntry: [n('customerId'), n('serviceId'), { userId: n('userId'), epoch: n('epoch') }],
  rootEntry: [n('rootId'), n('KIND'), n('id')],
  companyTypeEntry: [n('providerId'), n('type'), n('foldedName')],
  catalogStateEntry: [n('providerId'), { type: n('type'), state: n('state') }, n('foldedName')],
  catalogCategoryEntry: [n('providerId'), n('categoryHash'), n('foldedName')],
  nameEntry: [n('parentId'), n('what'), n('foldedName'), n('id')],
  stateEntry: [n('parentId'), n('what'), n('state'), n('id')],
  ownerEntry: [n('parentId'), n('what'), n('personId'), n('id')],
  sessionEntry: [n('customerId'), n('sessionId'), n('auditId')],
};

/** Every kind of key and index entry, with names in place of values; throws where one has not been named here. */
export function items(): { items: Record<string, unknown>; indexes: Record<string, unknown> } {
  return { items: made('Key', keyParts), indexes: made('Entry', entryParts) };
}

function made(suffix: string, parts: typeof keyParts): Record<string, unknown> {
  const functions = Object.entries(keys as Record<string, unknown>).filter(
    (entry): entry is [string, (...parts: unknown[]) => unknown] =>
      entry[0].endsWith(suffix) && typeof entry[1] === 'function',
  );
  const known = new Set(functions.map(([name]) => name));
  const gone = Object.keys(parts).filter((name) => !known.has(name));
  if (gone.length > 0) throw new Error(`infra/items.ts names what is not there: ${gone.join(', ')}`);
  const rows = functions.map(([name, make]) => {
    const given = parts[name];
    if (!given) throw new Error(`infra/items.ts does not name the parts of ${name}`);
    return [name.slice(0, -suffix.length), make(...given)] as const;
  });
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}
