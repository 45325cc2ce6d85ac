import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { announce } from '../kit/event.ts';
import { sameHoldings } from '../kit/holdings.ts';
import {
  archiveKey,
  holdingsKey,
  type Key,
  meterKey,
  openRequestsKey,
  probeCountsKey,
  resellerKey,
  settingsKey,
  uniqueKey,
} from '../kit/keys.ts';
import { leave, type Membership } from '../kit/membership.ts';
import { type Plan, refuse, type Write } from '../kit/plan.ts';
import { resourceTypes } from '../kit/resource.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { codeKey } from './code.ts';
import type { Company } from './company.ts';
import { accessUnchanged, mustNotBeItsOwn } from './consent.ts';
import { depart } from './departure.ts';
import { exchangeBillingId, exchangeDomains } from './domain.ts';
import { customerDeleted, provisioningRequested } from './events.ts';
import { type Forest, mark } from './forest.ts';
import { hasChildren, hasProbes, inUse, notDeprovisioned, openRequests, tooManyPeople } from './problems.ts';
import { auditable, type Customer, nameKey, toCustomer } from './profile.ts';
import { dismiss, type Selling } from './reseller.ts';

/** With twenty domains and everything else they fit one transaction. */
const mostPeople = 24;
const retentionSeconds = 7 * 365 * 24 * 3600;

/** What a customer still holds when it is to be deleted. */
export interface Estate {
  readonly selling: Selling | undefined;
  readonly forest: Forest;
  /** At most one more than can be removed in one transaction. */
  readonly people: readonly Membership[];
  readonly company: Company | undefined;
  /** The count of its users; undefined where it never had any. */
  readonly users: { readonly users: number; readonly version: number } | undefined;
  /** The count of its open requests; undefined where it never had any. */
  readonly requests: { readonly open: number; readonly version: number } | undefined;
  /** The count of its probes that are not retired; undefined where it never had any. */
  readonly probes: { readonly live: number; readonly version: number } | undefined;
  readonly services: number;
  /** Services that it may hand on. */
  readonly offers: number;
  /** The version of these holdings, read before they were listed. */
  readonly holdings: number | undefined;
  readonly licences: number;
  /** Versions of its meters, by resource type. */
  readonly meters: ReadonlyMap<string, number>;
  readonly balance: number;
  /** What it gave its partner, as stored. */
  readonly access: Readonly<Record<string, unknown>> | undefined;
}

/** What goes with a customer, besides what must be gone before: a dry run tells. */
export const parting = z.strictObject({
  balance: z.number().describe('Credits that are taken to zero by an ADJUST entry'),
  licences: z
    .int()
    .describe('Resource types whose licences go back to the pool: 0, they are taken back before'),
  people: z.int().describe('Who can no longer sign in'),
});

/** Deletes a deprovisioned customer without descendants; what it was is archived for the retention period. */
export function deleteCustomer(
  node: Node,
  estate: Estate,
  { now, dryRun, lastUser }: { now: string; dryRun: boolean; lastUser?: readonly Write[] | undefined },
): Plan<z.input<typeof parting>> {
  const gone = toCustomer(node.item);
  mustNotBeItsOwn(node, estate.access);
  mustBeEmpty(gone, estate, lastUser ? 1 : 0);
  const providerId = providerOf(node);
  const version = node.version + 1;
  return {
    writes: [
      { do: 'remove', key: { PK: String(node.item.PK), SK: String(node.item.SK) }, version: node.version },
      { do: 'create', item: archived(providerId, node, now) },
      depart(node, now),
      { do: 'remove', key: nameKey(providerId, gone.name) },
      ...(gone.code === null ? [] : [{ do: 'remove', key: codeKey(providerId, gone.code) } satisfies Write]),
      ...exchangeDomains(providerId, node.id, { before: gone.domains, after: [] }),
      ...exchangeBillingId(providerId, node.id, { before: gone.billingId, after: null }),
      ...release(providerId, estate.company),
      counted(settingsKey(node.id, 'USERS'), estate.users),
      counted(openRequestsKey(node.id), estate.requests),
      counted(probeCountsKey(node.id), estate.probes),
      ...(lastUser ?? []),
      ...estate.people.flatMap(leave),
      ...sold(node, estate),
      heldNothing(node.id, estate.holdings),
      ...metersUnchanged(node.id, estate.meters),
      accessUnchanged(node.id, estate.access),
      ...mark(providerId, estate.forest, { id: node.id, disabled: false }),
      ...dismiss(gone.parentId),
      { do: 'adjust', key: settingsKey(providerId, 'MSP_MODE'), add: { customers: -1, version: 1 } },
    ],
    receipt: { action: 'customers.delete', subject: node.id, before: auditable(gone) },
    announcements: [
      announce(customerDeleted, node.id, { name: gone.name, code: gone.code, parentId: gone.parentId }),
      announce(provisioningRequested, node.id, {
        customerId: node.id,
        what: 'delete',
        version,
        code: gone.code,
        parentId: gone.parentId,
      }),
    ],
    reply: dryRun
      ? { body: { balance: estate.balance, licences: estate.licences, people: estate.people.length } }
      : { status: 204 },
  };
}

// The last user is an administrator, who cannot be deleted before.
function mustBeEmpty(gone: Customer, estate: Estate, goes: number): void {
  if (gone.status !== 'NotProvisioned') refuse(notDeprovisioned, undefined, { status: gone.status });
  const children = estate.selling?.children ?? 0;
  if (children > 0) refuse(hasChildren, undefined, { children });
  const { services, offers, licences } = estate;
  const users = estate.users?.users ?? 0;
  if (users - goes + services + offers + licences > 0)
    refuse(inUse, undefined, { users, services, offers, licences });
  const open = estate.requests?.open ?? 0;
  if (open > 0) refuse(openRequests, undefined, { open });
  const probes = estate.probes?.live ?? 0;
  if (probes > 0) refuse(hasProbes, undefined, { probes });
  if (estate.people.length > mostPeople) refuse(tooManyPeople);
}

function archived(providerId: string, node: Node, now: string) {
  const { PK, SK, G1, S1, G2, S2, ...profile } = node.item;
  return {
    ...archiveKey(providerId, node.id),
    kind: 'archive',
    id: node.id,
    at: now,
    profile,
    expiresAt: Math.floor(Date.parse(now) / 1000) + retentionSeconds,
  };
}

/** The company of the directory may become a customer again. */
export function release(providerId: string, company: Company | undefined): Write[] {
  if (!company) return [];
  const { customerId, ...item } = company.item;
  const version = company.version + 1;
  return [
    { do: 'remove', key: uniqueKey(providerId, 'CUSTOMER_COMPANY', digest('company', company.id)) },
    {
      do: 'replace',
      version: company.version,
      item: { ...item, PK: company.item.PK, SK: company.item.SK, version },
    },
  ];
}

/** Takes a count of what is no more, or binds to its absence. */
function counted(key: Key, count: { readonly version: number } | undefined): Write {
  return count ? { do: 'remove', key, version: count.version } : { do: 'check', key, version: null };
}

/** Binds to what was used and allocated of every type, where nothing was as well. */
function metersUnchanged(nodeId: string, meters: Estate['meters']): Write[] {
  return resourceTypes.map((type) => ({
    do: 'check',
    key: meterKey(nodeId, type),
    version: meters.get(type) ?? null,
  }));
}

function heldNothing(nodeId: string, holdings: number | undefined): Write {
  if (holdings === undefined) return sameHoldings(nodeId, holdings);
  return { do: 'remove', key: holdingsKey(nodeId), version: holdings };
}

function sold(node: Node, { selling }: Estate): Write[] {
  return selling ? [{ do: 'remove', key: resellerKey(node.id), version: selling.version }] : [];
}
