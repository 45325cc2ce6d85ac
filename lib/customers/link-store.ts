import { get, getAll, page, positionOf } from '../aws/db.ts';
import { platformId } from '../kit/id.ts';
import {
  companyKey,
  customerServicePrefix,
  forestKey,
  holdingsKey,
  meterPrefix,
  namePartition,
  openRequestsKey,
  partition,
  resellerKey,
  settingsKey,
  userCountKey,
} from '../kit/keys.ts';
import { type Node, providerOf } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { underwayIn, upnKey } from '../kit/upn.ts';
import { codeKey } from './code.ts';
import { toCompany } from './company.ts';
import { domainKey, toHolder } from './domain.ts';
import { toForest } from './forest.ts';
import type { LinkFacts } from './link.ts';
import { type LinkMeter, toLinkMeter } from './link-meter.ts';
import type { Batch } from './names.ts';
import { type KeptUpn, mostLinkUsers, type UnlinkEstate } from './obstacle.ts';
import { nameKey, toCustomer } from './profile.ts';
import { codesTaken } from './store.ts';

type Stored = Readonly<Record<string, unknown>>;

const mostMeters = 20;
const mostListed = 100;
const namesEach = 40;

/** Everything that `unlink` decides from. `holdings` are read before they are listed. */
export async function unlinkEstateOf(node: Node): Promise<UnlinkEstate> {
  const providerId = providerOf(node);
  const { companyId } = toCustomer(node.item);
  const [holdings] = await getAll([holdingsKey(node.id)], true);
  const [[forest, selling, company, users, requests, notification], meters, upns, services, offers, objects] =
    await Promise.all([
      getAll(
        [
          forestKey(providerId),
          resellerKey(node.id),
          companyKey(providerId, companyId ?? '-'),
          userCountKey(node.id),
          openRequestsKey(node.id),
          settingsKey(node.id, 'NOTIFICATION'),
        ],
        true,
      ),
      metersAt(node.id),
      upnsAt(node.id),
      counted(
        { partition: partition(node.id, 'INSTANCE'), prefix: customerServicePrefix },
        ({ status }) => status !== 'NotProvisioned',
      ),
      counted({ partition: partition(node.id, 'OFFER') }, ({ offered }) => offered === 1),
      counted({ partition: partition(node.id, 'DIRECTORY') }, ({ gone }) => gone !== true),
    ]);
  return {
    forest: toForest(forest),
    company: company && toCompany(company),
    children: Number(selling?.children ?? 0),
    services,
    offers,
    holdings: holdings && Number(holdings.version),
    users,
    upns,
    requests: requests && { open: Number(requests.open), version: Number(requests.version) },
    meters,
    notification,
    objects,
  };
}

/** Everything that `linkTo` decides from. `again`: a race was lost before. */
export async function linkFactsFor(provider: string, customer: Node, again: boolean): Promise<LinkFacts> {
  const { name, code, domains } = toCustomer(customer.item);
  const keys = [
    settingsKey(provider, 'MSP_MODE'),
    forestKey(provider),
    userCountKey(customer.id),
    settingsKey(customer.id, 'LICENSING'),
    codeKey(provider, code ?? '-'),
    nameKey(provider, name),
    ...domains.map((one) => domainKey(provider, one.name)),
  ];
  const [[mode, forest, users, terms, own, namesake, ...held], taken, meters, upns, pools] =
    await Promise.all([
      getAll(keys, true),
      codesTaken(provider, name, again),
      metersAt(customer.id),
      upnsAt(customer.id),
      page({ partition: partition(provider), prefix: meterPrefix, limit: mostMeters, consistent: true }),
    ]);
  return {
    mspModeOn: mode?.enabled === 1,
    codesTaken: [...taken, ...(own && code !== null && !taken.includes(code) ? [code] : [])],
    holders: Object.fromEntries(
      domains.map((one, index) => [one.name, held[index] && toHolder(held[index] as Stored)]),
    ),
    forest: toForest(forest),
    users,
    upns,
    meters,
    nameTaken: namesake !== undefined && namesake.customerId !== customer.id,
    free: Object.fromEntries(pools.items.map(({ type, free }) => [String(type), Number(free)])),
    shares: terms?.model !== 'ALLOCATED',
  };
}

/** A page of the customers that no partner looks after, by name. */
export function unlinkedByName(query: { limit: number; q?: string | undefined }, after: string | undefined) {
  return page({
    index: 'names',
    partition: namePartition(platformId, 'CUSTOMER'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

async function metersAt(customerId: string): Promise<LinkMeter[]> {
  const range = { partition: partition(customerId), prefix: meterPrefix, limit: mostMeters };
  const { items } = await page({ ...range, consistent: true });
  return items.map(toLinkMeter);
}

// A user has a row more where the e-mail address is not the UPN.
async function upnsAt(customerId: string): Promise<KeptUpn[]> {
  const limit = 2 * (mostLinkUsers + 1);
  const { items } = await page({ partition: partition(customerId, 'USER'), limit, consistent: true });
  return items.flatMap(toUpn);
}

function toUpn(item: Stored): KeptUpn[] {
  const { upn } = (item.summary ?? {}) as { upn?: string };
  return item.kind === 'user' && upn !== undefined ? [{ upn, userId: String(item.id) }] : [];
}

/** The next UPNs of a customer's users that have to follow it; undefined where none has to. */
export async function namesBatch(customerId: string): Promise<Batch | undefined> {
  const count = await get(userCountKey(customerId), true);
  const names = underwayIn(count);
  if (!count || !names) return undefined;
  const after = names.after === '' ? undefined : positionOf({}, { SK: names.after });
  const range = { partition: partition(customerId, 'USER'), limit: namesEach, consistent: true };
  const { items, next } = await page({ ...range, after });
  const upns = items.flatMap(toUpn);
  const kept = await getAll(
    upns.flatMap(({ upn }) => [upnKey(names.from, upn), upnKey(names.to, upn)]),
    true,
  );
  return {
    count,
    names,
    upns: upns.map((one, index) => ({ ...one, left: kept[2 * index], arrived: kept[2 * index + 1] })),
    more: next !== null,
  };
}

async function counted(
  place: { partition: string; prefix?: string },
  counts: (item: Stored) => boolean,
): Promise<number> {
  let count = 0;
  for (let after: string | undefined, more = true; more; ) {
    const { items, next } = await page({ ...place, limit: mostListed, consistent: true, after });
    count += items.filter(counts).length;
    after = next ?? undefined;
    more = next !== null;
  }
  return count;
}
