import { each, getAll, page, positionOf } from '../aws/db.ts';
import { profilesOf } from '../aws/vouch.ts';
import { reachingListed, readingAcross } from '../aws/vouch-rows.ts';
import { outagesOf } from '../kit/in-service.ts';
import {
  customerServiceKey,
  customerServicePrefix,
  holdingsKey,
  type Key,
  namePartition,
  nodeKey,
  offerKey,
  partition,
  planKey,
  serviceKey,
  userKey,
  userServiceKey,
} from '../kit/keys.ts';
import { refuse } from '../kit/plan.ts';
import { notFound } from '../kit/problem.ts';
import type { LoadInput } from '../kit/route.ts';
import { providerOf, type Scope } from '../kit/scope.ts';
import { foldName } from '../kit/text.ts';
import { type Bill, type BillRow, type Ledger, linesOf, type Place } from './billing.ts';
import { type Instance, isHad, toInstance } from './instance.ts';
import { type Source, type StoredOffer, stands, toOffer } from './offer.ts';
import { type StoredPlan, toPlan } from './plan.ts';
import type { Holder, Offered, UserState } from './provision.ts';
import { type StoredService, toService } from './service.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A page of the provider's services by name. */
export function servicesByName(
  providerId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  return page({
    index: 'names',
    partition: namePartition(providerId, 'SERVICE'),
    prefix: foldName(query.q ?? ''),
    limit: query.limit,
    after,
  });
}

export async function serviceOf(providerId: string, serviceId: string): Promise<StoredService | undefined> {
  const [item] = await getAll([serviceKey(providerId, serviceId)], true);
  return item && toService(item);
}

/** The service as a caller's node may read it: the provider all of its own, a reseller what it is offered. */
export async function readableService(
  home: string,
  serviceId: string,
  scope: () => Promise<Scope>,
): Promise<{ providerId: string; service: StoredService } | undefined> {
  if (home.startsWith('prv_')) {
    const service = await serviceOf(home, serviceId);
    return service && { providerId: home, service };
  }
  const providerId = providerOf((await scope()).home);
  const keys = [serviceKey(providerId, serviceId), offerKey(home, serviceId)];
  const [service, above] = await getAll(keys, true);
  return service && above && stands(toOffer(above)) ? { providerId, service: toService(service) } : undefined;
}

export async function planOf(
  providerId: string,
  serviceId: string,
  planId: string,
): Promise<StoredPlan | undefined> {
  const [item] = await getAll([planKey(providerId, serviceId, planId)], true);
  return item && toPlan(item);
}

export function planPage(
  providerId: string,
  serviceId: string,
  asked: { limit: number; after: string | undefined },
) {
  return page({ partition: partition(providerId, 'SERVICE'), prefix: `${serviceId}#`, ...asked });
}

/** Whether a service has a plan for an audience; read only where none is named. */
async function isPlanned(
  providerId: string,
  asked: { serviceId: string; planId: string | null | undefined; audience: 'CUSTOMER' | 'USER' },
): Promise<boolean> {
  if (asked.planId !== null) return true;
  const range = { partition: partition(providerId, 'SERVICE'), prefix: `${asked.serviceId}#`, limit: 100 };
  for await (const item of each({ ...range, consistent: true })) {
    if (item.audience === asked.audience) return true;
  }
  return false;
}

/** Every plan of a provider, by id: a bill needs their prices. */
export async function plansOf(providerId: string): Promise<ReadonlyMap<string, StoredPlan>> {
  const out = new Map<string, StoredPlan>();
  for await (const item of each({ partition: partition(providerId, 'SERVICE'), limit: 500 })) {
    if (item.kind === 'plan') out.set(String(item.id), toPlan(item));
  }
  return out;
}

export function offerPage(resellerId: string, limit: number, after: string | undefined) {
  return page({ partition: partition(resellerId, 'OFFER'), limit, after });
}

/** A customer or reseller as its own profile places it: below its parent, at its provider. */
interface Spot {
  readonly id: string;
  readonly parentId: string;
  readonly providerId: string;
}
type Asked = Pick<LoadInput, 'target' | 'alongside'>;

/** The target's profile as it is read with the caller's membership, so that what hangs on its place needs no third read. */
export const besideTarget = ({ target }: { target: string }): Key[] => [nodeKey(target)];
async function spotOf({ target, alongside }: Asked): Promise<Spot> {
  const [profile = refuse(notFound)] = await alongside();
  const [, providerId = ''] = String(profile.path).split('/');
  return { id: target, parentId: String(profile.parentId), providerId };
}

function sourceOf({ parentId, providerId }: Spot, item: Raw | undefined, told: Raw | undefined): Source {
  return {
    parentId,
    parentIsProvider: parentId === providerId,
    offer: item && toOffer(item),
    counted: told !== undefined,
  };
}

/** The offer of a reseller, where it comes from, and the service itself. */
export async function offerState(
  asked: Asked,
  serviceId: string,
): Promise<{ service: StoredService | undefined; source: Source; current: StoredOffer | undefined }> {
  const reseller = await spotOf(asked);
  const [service, above, current, told] = await getAll(
    [
      serviceKey(reseller.providerId, serviceId),
      offerKey(reseller.parentId, serviceId),
      offerKey(reseller.id, serviceId),
      holdingsKey(reseller.id),
    ],
    true,
  );
  return {
    service: service && toService(service),
    source: sourceOf(reseller, above, told),
    current: current && toOffer(current),
  };
}

const [childrenSeen, holdersNamed] = [50, 10];

/** Some of those right below a reseller who have a service from it, or hand it on: ten at most, of the first fifty by name. */
export async function holdersBelow(resellerId: string, serviceId: string): Promise<string[]> {
  const range = { index: 'names', partition: namePartition(resellerId, 'CUSTOMER') } as const;
  const { items } = await page({ ...range, limit: childrenSeen });
  const ids = items.map((item) => String(item.id));
  const keys = items.flatMap((row) => {
    const tenant = String(row.id);
    return [offerKey(tenant, serviceId), customerServiceKey(tenant, serviceId)].map((key) => ({
      ...{ row, tenant, key },
    }));
  });
  const found = await readingAcross(keys, (some) =>
    getAll(
      some.map(({ key }) => key),
      true,
    ),
  );
  const holds = (_: string, index: number) => {
    const [offer, instance] = [found[2 * index], found[2 * index + 1]];
    return (offer && stands(toOffer(offer))) || isHad(instance && toInstance(instance));
  };
  return ids.filter(holds).slice(0, holdersNamed);
}

/** A customer's service, where it comes from, and the plan that is wanted; undefined where it is to be taken. */
export async function offeredTo(asked: Asked, serviceId: string, planId?: string | null): Promise<Offered> {
  const customer = await spotOf(asked);
  const { providerId } = customer;
  const keys = [
    serviceKey(providerId, serviceId),
    offerKey(customer.parentId, serviceId),
    customerServiceKey(customer.id, serviceId),
    holdingsKey(customer.id),
    ...(planId ? [planKey(providerId, serviceId, planId)] : []),
  ];
  const [[service, above, current, told, plan], planned] = await Promise.all([
    getAll(keys, true),
    isPlanned(providerId, { serviceId, planId, audience: 'CUSTOMER' }),
  ]);
  return {
    service: service && toService(service),
    source: sourceOf(customer, above, told),
    current: current && toInstance(current),
    plan: plan && toPlan(plan),
    planned,
  };
}

/** A user's service, the customer's, and the plan that is wanted. */
export async function userState(
  input: Asked,
  asked: { userId: string; serviceId: string; planId: string | null },
): Promise<UserState> {
  const { userId, serviceId, planId } = asked;
  const { id: customerId, providerId } = await spotOf(input);
  const keys = [
    serviceKey(providerId, serviceId),
    userKey(customerId, userId),
    customerServiceKey(customerId, serviceId),
    userServiceKey(customerId, userId, serviceId),
    ...(planId === null ? [] : [planKey(providerId, serviceId, planId)]),
  ];
  const [[service, user, has, current, plan], planned] = await Promise.all([
    getAll(keys, true),
    isPlanned(providerId, { serviceId, planId, audience: 'USER' }),
  ]);
  return {
    service: service && toService(service),
    user: user && toHolder(user),
    customer: has && toInstance(has),
    current: current && toInstance(current),
    plan: plan && toPlan(plan),
    planned,
  };
}

function toHolder({ id, name, email, summary, version }: Raw): Holder {
  const { upn, testUser } = summary as { upn: string; testUser: boolean };
  return {
    id: String(id),
    displayName: String(name),
    testUser,
    version: Number(version),
    hasMailItem: String(email).toLowerCase() !== upn,
  };
}

/** What a customer has, or had: dozens at most. */
export async function servicesOfCustomer(customerId: string): Promise<Instance[]> {
  const out: Instance[] = [];
  const range = { partition: partition(customerId, 'INSTANCE'), prefix: customerServicePrefix, limit: 100 };
  for await (const item of each({ ...range, consistent: true })) out.push(toInstance(item));
  return out;
}

/** What a user has, or had. */
export async function servicesOfUser(customerId: string, userId: string): Promise<Instance[]> {
  const out: Instance[] = [];
  const range = { partition: partition(customerId, 'INSTANCE'), prefix: `${userId}#`, limit: 100 };
  for await (const item of each({ ...range, consistent: true })) out.push(toInstance(item));
  return out;
}

export async function instancesOf(
  customerId: string,
  serviceId: string,
  userId?: string,
): Promise<{ customer: Instance | undefined; user: Instance | undefined }> {
  const [customer, user] = await getAll(
    [
      customerServiceKey(customerId, serviceId),
      ...(userId === undefined ? [] : [userServiceKey(customerId, userId, serviceId)]),
    ],
    true,
  );
  return { customer: customer && toInstance(customer), user: user && toInstance(user) };
}

export async function userExists(customerId: string, userId: string): Promise<boolean> {
  const [item] = await getAll([userKey(customerId, userId)], true);
  return item !== undefined;
}

const customersAtOnce = 5;

interface Billed {
  readonly customer: { readonly id: string; readonly name: string };
  /** What says so, in a partition of the node that bills. */
  readonly row: Raw;
  readonly begin: Place;
  readonly behind: Place;
}

/** What one page of a bill needs: a few customers that stood right below a node, with what they and their users have. */
export async function ledgersOf(
  parentId: string,
  asked: { place: Place; limit: number; asOf: string; customerId?: string | undefined },
): Promise<{ ledgers: Ledger[]; next: Place | null }> {
  const { place, limit } = asked;
  const { billed, next } = await customersAt(parentId, asked);
  const rows = billed.map(({ row }) => row);
  const ledgers = await reachingListed(rows, () =>
    Promise.all(
      billed.map((one) => {
        const inside = place.customer === one.customer.id ? place : {};
        return ledgerOf(one, { ...inside, ...one.begin }, limit);
      }),
    ),
  );
  return { ledgers, next };
}

/** Who stood right below a node at an instant: of those there now who had come by then, and of those who have left since. */
async function customersAt(
  parentId: string,
  asked: { place: Place; asOf: string; customerId?: string | undefined },
): Promise<{ billed: Billed[]; next: Place | null }> {
  const { place, asOf, customerId } = asked;
  const billed: Billed[] = [];
  let begin: Place = {
    ...(place.gone ? { gone: true } : {}),
    ...(place.after ? { after: place.after } : {}),
  };
  const bill = (item: Raw, behind: Place) => {
    const { id, name, from, to } = item as Record<string, string>;
    const there = to === undefined ? String(item.at ?? '') <= asOf : to > asOf && String(from) <= asOf;
    const wanted = customerId === undefined || customerId === id;
    if (there && wanted)
      billed.push({ customer: { id: String(id), name: String(name) }, row: item, begin, behind });
    begin = behind;
  };
  const range = { index: 'names', partition: namePartition(parentId, 'CUSTOMER') } as const;
  const here = async () => {
    if (place.gone) return { items: [], next: null };
    if (customerId !== undefined) return { items: await childOf(parentId, customerId), next: null };
    return page({ ...range, limit: customersAtOnce, after: place.after });
  };
  const since = {
    partition: partition(parentId, 'FORMER'),
    from: asOf,
    limit: customerId === undefined ? customersAtOnce : 500,
    after: place.gone ? place.after : undefined,
  };
  const [children, left] = await Promise.all([here(), page(since)]);
  for (const item of children.items) bill(item, { after: positionOf(range, item) });
  if (children.next) return { billed, next: { after: children.next } };
  if (!place.gone) begin = { gone: true };
  for (const item of left.items) bill(item, { gone: true, after: positionOf({}, item) });
  return { billed, next: left.next ? { gone: true, after: left.next } : null };
}

/** All lines of a bill, or undefined where they are more than fit. */
export async function wholeBill(
  parentId: string,
  asked: { bill: Promise<Bill>; asOf: string; customerId: string | undefined },
  most: { lines: number; pages: number },
): Promise<BillRow[] | undefined> {
  const rows: BillRow[] = [];
  let place: Place = {};
  for (let count = 0; count < most.pages; count++) {
    const { asOf, customerId } = asked;
    const reading = ledgersOf(parentId, { place, limit: 500, asOf, customerId });
    const [read, bill] = await Promise.all([reading, asked.bill]);
    const lines = linesOf(read, most.lines + 1 - rows.length, bill);
    rows.push(...lines.rows);
    if (rows.length > most.lines) return undefined;
    if (!lines.next) return rows;
    place = lines.next;
  }
  return undefined;
}

async function childOf(parentId: string, customerId: string): Promise<Record<string, unknown>[]> {
  const [item] = await profilesOf([customerId]);
  return item?.parentId === parentId ? [item] : [];
}

async function ledgerOf({ customer, behind, begin }: Billed, from: Place, limit: number): Promise<Ledger> {
  const range = { partition: partition(customer.id, 'INSTANCE'), prefix: 'usr_' };
  const [services, users, [profile]] = await Promise.all([
    servicesOfCustomer(customer.id),
    page({ ...range, limit, after: from.user }),
    getAll([nodeKey(customer.id)]),
  ]);
  const here = { ...begin, customer: customer.id };
  const left = from.user === undefined ? services.filter(({ SK }) => SK > (from.service ?? '')) : [];
  return {
    customer: { ...customer, outages: profile ? outagesOf(profile) : [] },
    services,
    open: [
      ...left.map((one) => ({ one, behind: { ...here, service: one.SK } })),
      ...users.items.map((item) => ({
        one: toInstance(item),
        behind: { ...here, user: positionOf({}, item) },
      })),
    ],
    whole: users.next === null,
    next: users.next === null ? behind : { ...here, user: users.next },
  };
}
