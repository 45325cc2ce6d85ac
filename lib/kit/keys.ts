import { idLength, platformId, prefixes } from './id.ts';

/** A primary key of the one table. Both parts are opaque ids and fixed words: never a secret or an e-mail address. */
export interface Key {
  readonly PK: string;
  readonly SK: string;
}

/** Where an item stands in an index: `tree` (GSI `tree`: G1, S1) or `names` (GSI `names`: G2, S2). */
export interface TreeEntry {
  readonly G1: string;
  readonly S1: string;
}
export interface NameEntry {
  readonly G2: string;
  readonly S2: string;
}

/** Attributes that both indexes carry besides keys: only what lists show, for a balance or a meter in an index would be written twice at each change. */
export const projected = 'kind id name state type at action actor subject email summary'.split(' ');

/** Partition kinds below `T#<tenantId>`. A kind is added here and nowhere else. */
export type PartitionKind =
  | 'AUDIT'
  | 'DUE'
  | 'CLAIM'
  | 'UNIQUE'
  | 'ENTRY'
  | 'ITEM'
  | 'NOTICE'
  | 'DELIVERY'
  | 'OPERATION'
  | 'ROW'
  | 'COMPANY'
  | 'PERSON'
  | 'EXTERNAL'
  | 'TICKET'
  | 'COMMENT'
  | 'COLLABORATORS'
  | 'IDENTITY'
  | 'ARCHIVE'
  | 'FORMER'
  | 'PROVISION'
  | 'DIRECTORY'
  | 'USER'
  | 'ROLES'
  | 'SERVICE'
  | 'OFFER'
  | 'INSTANCE'
  | 'CATALOG'
  | 'ASSIGNED'
  | 'END_USER'
  | 'MARKET'
  | 'GROUP'
  | 'REQUEST'
  | 'PROBE'
  | 'WHEEL'
  | 'WINDOW'
  | 'OBSERVED'
  | 'PRODUCT'
  | 'LICENCE_KEY'
  | 'SUBSCRIPTION'
  | 'SEAT'
  | 'SEAT_USE'
  | 'LICENCE_DUE'
  | 'MACHINE'
  | 'MACHINE_REPORT'
  | 'MACHINE_GROUP'
  | 'POLICY'
  | 'PACKAGE'
  | 'SESSION'
  | 'IMPORT'
  | 'IMPORT_LINK'
  | 'ACCESS_DUE'
  | 'REMOVAL'
  | 'RECONCILER'
  | 'SEAL'
  | 'ANCHOR_DUE';

/** `T#<tenant>` or `T#<tenant>#<KIND>`: the leading key that IAM conditions compare. */
export function partition(tenantId: string, kind?: PartitionKind): string {
  return kind ? `T#${tenantId}#${kind}` : `T#${tenantId}`;
}

/** The tenant in whose partition an item stands. */
export const tenantOf = ({ PK }: Pick<Key, 'PK'>): string => PK.split('#')[1] ?? '';

/** A tenant's own profile: the node of the tree. */
export const nodeKey = (nodeId: string): Key => ({ PK: partition(nodeId), SK: '#' });

/** A person's membership (roles) at a node. */
export const memberKey = (nodeId: string, personId: string): Key => ({
  PK: partition(nodeId),
  SK: `M#${personId}`,
});
export const memberPrefix = 'M#';

/** What a login address is allowed to be: in the platform's partition, under the address's hash. */
export const identityKey = (platformId: string, emailHash: string): Key => ({
  PK: partition(platformId, 'IDENTITY'),
  SK: emailHash,
});

/** Makes `what` unique below a tenant; `hash` is of the folded value. */
export const uniqueKey = (tenantId: string, what: string, hash: string): Key => ({
  PK: partition(tenantId, 'UNIQUE'),
  SK: `${what}#${hash}`,
});

export const auditKey = (tenantId: string, auditId: string): Key => ({
  PK: partition(tenantId, 'AUDIT'),
  SK: auditId,
});
const numbered = (prefix: string, number: number) => `${prefix}${String(number).padStart(10, '0')}`;
/** One seal over what was done in a tree; `seq` counts from 1. */
export const sealKey = (rootId: string, seq: number): Key => ({
  PK: partition(rootId, 'SEAL'),
  SK: numbered(sealPrefix, seq),
});
export const sealPrefix = 'S#';
/** What one seal holds of one node's record; `number` counts the node's own from 1. */
export const sealPartKey = (nodeId: string, number: number): Key => ({
  PK: partition(nodeId, 'SEAL'),
  SK: numbered(sealPartPrefix, number),
});
export const sealPartPrefix = 'N#';
/**
 * A day (`YYYY-MM-DD`, UTC) of a tree whose seals are to be anchored: in the platform's partition, so that one query
 * finds what is due and nothing else.
 */
export const anchorDueKey = (due: { day: string; rootId: string }): Key => ({
  PK: partition(platformId, 'ANCHOR_DUE'),
  SK: `${due.day}#${due.rootId}`,
});
/** How far the reconciler has come: in a partition of its own, the only one that it writes. */
export const reconcilerKey = (): Key => ({ PK: partition(platformId, 'RECONCILER'), SK: '#' });
export const claimKey = (tenantId: string, hash: string): Key => ({
  PK: partition(tenantId, 'CLAIM'),
  SK: hash,
});
export const operationKey = (tenantId: string, operationId: string): Key => ({
  PK: partition(tenantId, 'OPERATION'),
  SK: operationId,
});

export const companyKey = (providerId: string, companyId: string): Key => ({
  PK: partition(providerId, 'COMPANY'),
  SK: companyId,
});
/** Tree index: a provider's companies of one type by folded name. */
export const companyTypeEntry = (providerId: string, type: string, sortName: string): TreeEntry => ({
  G1: partition(providerId, 'COMPANY'),
  S1: `${type}#${sortName}`,
});
/** A group derived from a company's people, with its member count: the company's own, or an organization's or department's. */
export const companyGroupKey = (
  providerId: string,
  companyId: string,
  place: readonly string[] = [],
): Key => ({
  PK: partition(providerId, 'COMPANY'),
  SK: [companyId, 'G', ...place].join('#'),
});
export const importChunkKey = (providerId: string, operationId: string, chunk: number): Key => ({
  PK: partition(providerId, 'ROW'),
  SK: `${operationId}#C#${String(chunk).padStart(5, '0')}`,
});
/** Results of the rows that one transaction settled; `state` is `F` (failed) or `S` (succeeded). */
export const importResultKey = (
  providerId: string,
  operationId: string,
  result: { state: 'F' | 'S'; from: number },
): Key => ({
  PK: partition(providerId, 'ROW'),
  SK: `${operationId}#${result.state}#${String(result.from).padStart(5, '0')}`,
});
export const personKey = (providerId: string, companyId: string, personId: string): Key => ({
  PK: partition(providerId, 'PERSON'),
  SK: `${companyId}#${personId}`,
});
export const externalUserKey = (providerId: string, externalId: string): Key => ({
  PK: partition(providerId, 'EXTERNAL'),
  SK: externalId,
});
export const ticketKey = (platformId: string, ticketId: string): Key => ({
  PK: partition(platformId, 'TICKET'),
  SK: ticketId,
});

export const commentKey = (platformId: string, ticketId: string, commentId: string): Key => ({
  PK: partition(platformId, 'COMMENT'),
  SK: `${ticketId}#${commentId}`,
});
export const collaboratorGroupKey = (providerId: string, groupId: string): Key => ({
  PK: partition(providerId, 'COLLABORATORS'),
  SK: groupId,
});

/** One licence meter of a node (provider: the pool; customer: the allocation), per resource type. */
export const meterKey = (nodeId: string, resourceType: string): Key => ({
  PK: partition(nodeId),
  SK: `L#${resourceType}`,
});
export const meterPrefix = 'L#';
export const settingsKey = (nodeId: string, what: string): Key => ({
  PK: partition(nodeId),
  SK: `S#${what}`,
});
/** A customer's count of users, and by attribute of those whose UPN ends with a domain: what is used is not dropped. */
export const userCountKey = (customerId: string): Key => settingsKey(customerId, 'USERS');
/** The same of those who hold a role collection: what is held does not stay behind. */
export const usersOfCollection = (collectionId: string): string => `#${collectionId}`;
export const usersOfDomain = (domain: string): string => `@${domain}`;
/** What holds for a provider's whole tree: which resellers are disabled, which subtree moves. Read with the membership of customers' people. */
export const forestKey = (providerId: string): Key => settingsKey(providerId, 'TREE');
/** Counts the changes of what a node holds: services that it has or hands on, items of the catalogue. */
export const holdingsKey = (nodeId: string): Key => settingsKey(nodeId, 'HOLDINGS');
/** A customer that stood right below a parent until an instant: bills of the time before still name it. */
export const formerCustomerKey = (parentId: string, until: string, customerId: string): Key => ({
  PK: partition(parentId, 'FORMER'),
  SK: `${until}#${customerId}`,
});
/** What is kept of a customer that was deleted. */
export const archiveKey = (providerId: string, customerId: string): Key => ({
  PK: partition(providerId, 'ARCHIVE'),
  SK: customerId,
});
/** What makes a customer a reseller: present while it is one, with the number of its children. */
export const resellerKey = (nodeId: string): Key => settingsKey(nodeId, 'RESELLER');
export const monitoredItemKey = (customerId: string, itemId: string): Key => ({
  PK: partition(customerId, 'ITEM'),
  SK: itemId,
});

/** A ledger entry stands under the moment of its predecessor: `previousAt` binds it to exactly one head. */
export const entryKey = (customerId: string, previousAt: string): Key => ({
  PK: partition(customerId, 'ENTRY'),
  SK: previousAt,
});
export const refundKey = (customerId: string, debitKey: string): Key => ({
  PK: partition(customerId, 'UNIQUE'),
  SK: `REFUND#${debitKey}`,
});

/**
 * A customer whose credits fall due in an hour: in the platform's partition by hour, so that one query finds what is
 * due and nothing else, whatever the number of providers. `entry` brought the credits.
 */
export const dueLotsKey = (lot: { expiresAt: string; customerId: string; entry: string }): Key => ({
  PK: partition(platformId, 'DUE'),
  SK: `${lot.expiresAt}#${lot.customerId}#${lot.entry}`,
});

export const userKey = (customerId: string, userId: string): Key => ({
  PK: partition(customerId, 'USER'),
  SK: userId,
});
/** Finds a user by an e-mail address that is not also the UPN. */
export const userMailKey = (customerId: string, userId: string): Key => ({
  PK: partition(customerId, 'USER'),
  SK: `${userId}#MAIL`,
});
/** Tree index: a customer's users by UPN or e-mail address, in lower case. */
export const userAddressEntry = (customerId: string, address: string, userId: string): TreeEntry => ({
  G1: partition(customerId, 'USER'),
  S1: `${address}#${userId}`,
});
/** A named set of roles of a provider or reseller, for the customers below it. */
export const roleCollectionKey = (nodeId: string, collectionId: string): Key => ({
  PK: partition(nodeId, 'ROLES'),
  SK: collectionId,
});
export const serviceKey = (providerId: string, serviceId: string): Key => ({
  PK: partition(providerId, 'SERVICE'),
  SK: serviceId,
});
/** A plan stands below its service. */
export const planKey = (providerId: string, serviceId: string, planId: string): Key => ({
  PK: partition(providerId, 'SERVICE'),
  SK: `${serviceId}#${planId}`,
});
/** What a reseller may hand on: one service, offered by its parent. */
export const offerKey = (resellerId: string, serviceId: string): Key => ({
  PK: partition(resellerId, 'OFFER'),
  SK: serviceId,
});
/** A service of a customer; `#` keeps these before those of its users. */
export const customerServiceKey = (customerId: string, serviceId: string): Key => ({
  PK: partition(customerId, 'INSTANCE'),
  SK: `#${serviceId}`,
});
export const customerServicePrefix = '#';
export const userServiceKey = (customerId: string, userId: string, serviceId: string): Key => ({
  PK: partition(customerId, 'INSTANCE'),
  SK: `${userId}#${serviceId}`,
});
/** Tree index: who of a customer's users has a service; `epoch` tells in which of the customer's own times. */
export const serviceUserEntry = (
  customerId: string,
  serviceId: string,
  holder: { userId: string; epoch: number },
): TreeEntry => ({
  G1: partition(customerId, 'INSTANCE'),
  S1: `${serviceId}#${holder.userId}#${holder.epoch}`,
});
/** What such an entry says of its holder. */
export function holderAt({ S1 }: TreeEntry): { userId: string; epoch: number } {
  const [, userId = '', epoch] = S1.split('#');
  return { userId, epoch: Number(epoch) };
}

/** An item of a provider's catalogue: its head, with what is published of it. */
export const catalogKey = (providerId: string, itemId: string): Key => ({
  PK: partition(providerId, 'CATALOG'),
  SK: itemId,
});
/** One revision of a catalogue item, below its head. */
export const catalogRevisionKey = (providerId: string, itemId: string, revision: number): Key => ({
  PK: partition(providerId, 'CATALOG'),
  SK: `${itemId}${revisionInfix}${String(revision).padStart(5, '0')}`,
});
export const revisionInfix = '#R#';
/** Finds a catalogue item by its category, and by its name while it is published. */
export const catalogLookupKey = (providerId: string, itemId: string): Key => ({
  PK: partition(providerId, 'CATALOG'),
  SK: `${itemId}#L`,
});
/** Tree index: a provider's catalogue items by type and state, then name. */
export const catalogStateEntry = (
  providerId: string,
  place: { readonly type: string; readonly state: string },
  sortName: string,
): TreeEntry => ({
  G1: partition(providerId, 'CATALOG'),
  S1: `${place.type}#${place.state}#${sortName}`,
});
/** Tree index: a provider's catalogue items by the hash of their category, then name. */
export const catalogCategoryEntry = (
  providerId: string,
  categoryHash: string,
  sortName: string,
): TreeEntry => ({
  G1: partition(providerId, 'CATALOG'),
  S1: `C#${categoryHash}#${sortName}`,
});
/** A customer or reseller has an item of the catalogue; without it nobody there has it. */
export const assignmentKey = (customerId: string, itemId: string): Key => ({
  PK: partition(customerId, 'ASSIGNED'),
  SK: itemId,
});
/** Somebody of a customer who may look at its catalogue and order, with no role. */
export const endUserKey = (customerId: string, personId: string): Key => ({
  PK: partition(customerId, 'END_USER'),
  SK: personId,
});
export const marketplaceKey = (customerId: string, marketplaceId: string): Key => ({
  PK: partition(customerId, 'MARKET'),
  SK: marketplaceId,
});
/** A customer's named group of whoever passes its filters. */
export const dynamicGroupKey = (customerId: string, groupId: string): Key => ({
  PK: partition(customerId, 'GROUP'),
  SK: groupId,
});
export const serviceRequestKey = (customerId: string, requestId: string): Key => ({
  PK: partition(customerId, 'REQUEST'),
  SK: requestId,
});
/**
 * How many requests of a customer are open: neither completed nor ended. Whoever deletes a customer is bound to its
 * version, or to its absence; every request moves it.
 */
export const openRequestsKey = (customerId: string): Key => settingsKey(customerId, 'REQUESTS');

/** A probe as people set it up: versioned. */
export const probeKey = (customerId: string, probeId: string): Key => ({
  PK: partition(customerId, 'PROBE'),
  SK: probeId,
});
/** What a probe's own calls change, beside its profile: below 1 KB, in no index, changed by `amend` alone. */
export const pulseKey = (customerId: string, probeId: string): Key => ({
  PK: partition(customerId, 'PROBE'),
  SK: `${probeId}${pulseSuffix}`,
});
export const pulseSuffix = '#P';
/** How many probes of a customer are in each state. Whoever deletes a customer is bound to its version, or to its absence. */
export const probeCountsKey = (customerId: string): Key => settingsKey(customerId, 'PROBES');
/**
 * When a probe is looked at next: in the platform's partition by minute (`YYYY-MM-DDTHH:MM`), so that one query finds
 * what is due and nothing else. A row is a hint: what decides is the pulse.
 */
export const wheelKey = (look: { minute: string; customerId: string; probeId: string }): Key => ({
  PK: partition(platformId, 'WHEEL'),
  SK: `${look.minute}#${look.customerId}#${look.probeId}`,
});
/** A time in which outages of a customer's probes are not told. */
export const maintenanceWindowKey = (customerId: string, windowId: string): Key => ({
  PK: partition(customerId, 'WINDOW'),
  SK: windowId,
});
/** What a probe had counted at the end of a day (`YYYY-MM-DD`, UTC). */
export const observedKey = (customerId: string, day: string, probeId: string): Key => ({
  PK: partition(customerId, 'OBSERVED'),
  SK: `${day}#${probeId}`,
});
/** A product that a provider's customers hold licences of. */
export const productKey = (providerId: string, productId: string): Key => ({
  PK: partition(providerId, 'PRODUCT'),
  SK: productId,
});
/** A licence key of a provider: its hash, never itself. */
export const licenceKeyKey = (providerId: string, keyId: string): Key => ({
  PK: partition(providerId, 'LICENCE_KEY'),
  SK: keyId,
});
export const subscriptionKey = (customerId: string, subscriptionId: string): Key => ({
  PK: partition(customerId, 'SUBSCRIPTION'),
  SK: subscriptionId,
});
/** That a customer has had its trial of a product: never removed. */
export const trialKey = (customerId: string, productId: string): Key => ({
  PK: partition(customerId, 'UNIQUE'),
  SK: `TRIAL#${productId}`,
});
/** A customer's seats of a product: limit, use, alert state and what is metered. */
export const seatMeterKey = (customerId: string, productId: string): Key => ({
  PK: partition(customerId),
  SK: `${seatMeterPrefix}${productId}`,
});
export const seatMeterPrefix = 'P#';
/** One seat, held by something named. */
export const seatKey = (customerId: string, productId: string, machineRef: string): Key => ({
  PK: partition(customerId, 'SEAT'),
  SK: `${productId}#${machineRef}`,
});
/** What was metered of a product in a month (`YYYY-MM`) that is over. */
export const seatMonthKey = (customerId: string, productId: string, month: string): Key => ({
  PK: partition(customerId, 'SEAT_USE'),
  SK: `${productId}#${month}`,
});
/**
 * When something is to be told or metered of a customer's licences of a product: in the platform's partition by
 * moment, so that one query finds what is due and nothing else.
 */
export const licenceDueKey = (due: { at: string; customerId: string; productId: string }): Key => ({
  PK: partition(platformId, 'LICENCE_DUE'),
  SK: `${due.at}#${due.customerId}#${due.productId}`,
});
/** Who manages a customer, and whom notices of its licences are for. */
export const managementKey = (customerId: string): Key => settingsKey(customerId, 'MANAGEMENT');
/** A machine of a customer as its console shows it. */
export const machineKey = (customerId: string, machineId: string): Key => ({
  PK: partition(customerId, 'MACHINE'),
  SK: machineId,
});
/** What a machine's own calls change, right behind its profile: below 1 KB, in no index, changed by `amend` alone. */
export const machinePulseKey = (customerId: string, machineId: string): Key => ({
  PK: partition(customerId, 'MACHINE'),
  SK: `${machineId}${pulseSuffix}`,
});
/** What a machine reported of itself last. */
export const machineReportKey = (customerId: string, machineId: string): Key => ({
  PK: partition(customerId, 'MACHINE_REPORT'),
  SK: machineId,
});
/** A group of a customer's machines. */
export const machineGroupKey = (customerId: string, groupId: string): Key => ({
  PK: partition(customerId, 'MACHINE_GROUP'),
  SK: groupId,
});
/** How many groups and policies a customer's console has; whoever changes the tree of groups is bound to its version. */
export const consoleKey = (customerId: string): Key => settingsKey(customerId, 'CONSOLE');
/** A policy of a customer: its head, with the document that is in force. */
export const policyKey = (customerId: string, policyId: string): Key => ({
  PK: partition(customerId, 'POLICY'),
  SK: policyId,
});
/** One version of a policy, below its head. */
export const policyVersionKey = (customerId: string, policyId: string, version: number): Key => ({
  PK: partition(customerId, 'POLICY'),
  SK: `${policyId}#V#${String(version).padStart(5, '0')}`,
});
/** An installation package: who holds its token may enrol machines into its group. */
export const packageKey = (customerId: string, packageId: string): Key => ({
  PK: partition(customerId, 'PACKAGE'),
  SK: packageId,
});
/** What the partner may do in a customer's console, and until when: read at each request of a session. */
export const accessKey = (customerId: string): Key => settingsKey(customerId, 'ACCESS');
/** A person of the partner in a customer's console. */
export const accessSessionKey = (customerId: string, sessionId: string): Key => ({
  PK: partition(customerId, 'SESSION'),
  SK: sessionId,
});
/** A partner's wish to look after a customer that is there already. */
export const importKey = (partnerId: string, importId: string): Key => ({
  PK: partition(partnerId, 'IMPORT'),
  SK: importId,
});
/** Which imports of a partner are open, and until when. */
export const openImportsKey = (partnerId: string): Key => settingsKey(partnerId, 'IMPORTS');
/** Where a link of an import leads, under the hash of its token. */
export const importLinkKey = (tokenHash: string): Key => ({
  PK: partition(platformId, 'IMPORT_LINK'),
  SK: tokenHash,
});
/** Whom the mail of an import went to, and which token counts now. */
export const importRecipientKey = (importId: string): Key => ({
  PK: partition(platformId, 'IMPORT_LINK'),
  SK: importId,
});
/** How many mails of imports an address got on a day (`YYYY-MM-DD`, UTC), whoever asked. */
export const importMailsKey = (addressHash: string, day: string): Key => ({
  PK: partition(platformId, 'IMPORT_LINK'),
  SK: `${day}#${addressHash}`,
});
/** The sessions of a customer that are open or wait for approval. */
export const openSessionsKey = (customerId: string): Key => settingsKey(customerId, 'SESSIONS');
/**
 * When an end of a grant is to be told: in the platform's partition by moment, so that one query finds what is due and
 * nothing else.
 */
export const accessDueKey = (due: { at: string; customerId: string }): Key => ({
  PK: partition(platformId, 'ACCESS_DUE'),
  SK: `${due.at}#${due.customerId}`,
});
/** A plan of removal with the partner that made it; once executed, with the customer too. */
export const removalKey = (ownerId: string, removalId: string): Key => ({
  PK: partition(ownerId, 'REMOVAL'),
  SK: removalId,
});
/** How many products a provider has. */
export const productCountKey = (providerId: string): Key => settingsKey(providerId, 'PRODUCTS');
/** What a node and everything below it come to, and what of it the parent has been given. */
export const rollupKey = (nodeId: string): Key => settingsKey(nodeId, 'ROLLUP');

export const noticeKey = (tenantId: string, noticeId: string): Key => ({
  PK: partition(tenantId, 'NOTICE'),
  SK: noticeId,
});
/** One attempt to reach one recipient of a notice. */
export const deliveryKey = (
  tenantId: string,
  noticeId: string,
  attempt: { recipientHash: string; attempt: number },
): Key => ({
  PK: partition(tenantId, 'DELIVERY'),
  SK: `${noticeId}#${attempt.recipientHash}#${attempt.attempt}`,
});
/** The text that a notice says, before its deliveries. */
export const messageKey = (tenantId: string, noticeId: string): Key => ({
  PK: partition(tenantId, 'DELIVERY'),
  SK: `${noticeId}#!`,
});
/** What is kept of one alert besides its meter: snooze and last notice. */
export const alertKey = (tenantId: string, alertId: string): Key => ({
  PK: partition(tenantId),
  SK: `A#${alertId}`,
});
export const alertPrefix = 'A#';
/** An address that bounced or complained gets no more mail of this tenant. */
export const suppressionKey = (tenantId: string, recipientHash: string): Key => ({
  PK: partition(tenantId),
  SK: `X#${recipientHash}`,
});
export const suppressionPrefix = 'X#';

export const provisioningRequestKey = (customerId: string, requestId: string): Key => ({
  PK: partition(customerId, 'PROVISION'),
  SK: requestId,
});
/** What the provisioning engine believes of one object of the directory. */
export const directoryObjectKey = (ownerId: string, objectId: string): Key => ({
  PK: partition(ownerId, 'DIRECTORY'),
  SK: objectId,
});

/**
 * Tree index: a node under its root, in path order. The place holds the ids below the root without their prefixes:
 * of fixed length, so that a node's place begins those of its whole subtree and of nothing else, and short, so that
 * a page of deep nodes stays cheap.
 */
export const treeEntry = (rootId: string, path: readonly string[]): TreeEntry => ({
  G1: partition(rootId),
  S1: path
    .slice(path.indexOf(rootId) + 1)
    .map((id) => id.slice(-idLength))
    .join(''),
});
/** The path that a node's place in the tree index stands for, from the platform down. */
export function pathAt({ G1, S1 }: TreeEntry): string[] {
  const root = G1.slice(partition('').length);
  const prefix = root === platformId ? prefixes.provider : prefixes.customer;
  const below = S1.match(new RegExp(`.{${idLength}}`, 'g')) ?? [];
  return [platformId, ...(root === platformId ? [] : [root]), ...below.map((id) => `${prefix}_${id}`)];
}
/** Tree index: things of lower tenants that an ancestor lists by time (receipts, tickets). */
export const rootEntry = (rootId: string, kind: PartitionKind, id: string): TreeEntry => ({
  G1: partition(rootId, kind),
  S1: id,
});
/** Name index: children of a parent by folded name. `what` separates customers, companies, people. */
export const nameEntry = (parentId: string, what: string, foldedName: string, id: string): NameEntry => ({
  G2: `${partition(parentId)}#${what}`,
  S2: `${foldedName}#${id}`,
});
export const namePartition = (parentId: string, what: string): string => `${partition(parentId)}#${what}`;
/** Name index: things of one kind by state, in the order of their ids. */
export const stateEntry = (parentId: string, what: string, state: string, id: string): NameEntry => ({
  G2: statePartition(parentId, what, state),
  S2: id,
});
export const statePartition = (parentId: string, what: string, state: string): string =>
  `${partition(parentId)}#${what}#${state}`;
/** Name index: what one person has of a kind, in the order of ids. */
export const ownerEntry = (parentId: string, what: string, personId: string, id: string): NameEntry => ({
  G2: ownerPartition(parentId, what, personId),
  S2: id,
});
/** Name index: what was done in a delegated session, by audit id. */
export const sessionEntry = (customerId: string, sessionId: string, auditId: string): NameEntry => ({
  G2: sessionPartition(customerId, sessionId),
  S2: auditId,
});
export const sessionPartition = (customerId: string, sessionId: string): string =>
  `${partition(customerId)}#DONE#${sessionId}`;
export const ownerPartition = (parentId: string, what: string, personId: string): string =>
  `${partition(parentId)}#${what}#${personId}`;
