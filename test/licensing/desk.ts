import { each, get } from '../../lib/aws/db.ts';
import { type Envelope, envelopesOf } from '../../lib/kit/event.ts';
import { meterKey, partition } from '../../lib/kit/keys.ts';
import { resourceTypes } from '../../lib/kit/resource.ts';
import type { ResourceType } from '../../lib/licensing/resource.ts';
import { type Answer, addCustomer, type Caller, call, type Msp } from '../kit/world.ts';

export interface Desk {
  readonly id: string;
  readonly admin: Caller;
  readonly path: (rest?: string) => string;
  /** Adds `count` items and answers their rows. */
  readonly add: (count: number, type?: ResourceType) => Promise<Answer>;
  readonly unmanage: (ids: readonly string[]) => Promise<Answer>;
  readonly manage: (ids: readonly string[]) => Promise<Answer>;
  readonly allocate: (body: unknown, query?: string) => Promise<Answer>;
  readonly soft: (limit: number | null) => Promise<Answer>;
  readonly settings: (body: unknown) => Promise<Answer>;
  /** Brings use of devices to `target`, 60 items a time at most. */
  readonly use: (target: number) => Promise<void>;
  /** Notices announced so far: `fired 80 100`, `recovered 80`. */
  readonly notices: () => Promise<string[]>;
}

const any = { 'if-match': '*' };

/** A customer of the provider, and what a catalog administrator does to its licences over the API. */
export async function openDesk(msp: Msp): Promise<Desk> {
  const { id, admin } = await addCustomer(msp);
  const path = (rest = '') => `/v1/customers/${id}${rest}`;
  const as = msp.catalog;
  const managed: string[] = [];
  const desk: Desk = {
    id,
    admin,
    path,
    add: (count, type = 'DEVICE') => {
      const items = Array.from({ length: count }, (_, at) => ({ type, name: `Item ${at}` }));
      return call(`POST ${path('/items')}`, { as, body: { items } });
    },
    manage: (ids) => call(`POST ${path('/items/manage')}`, { as, body: { ids } }),
    unmanage: (ids) => call(`POST ${path('/items/unmanage')}`, { as, body: { ids } }),
    allocate: (body, query = '') => call(`PUT ${path('/licences')}${query}`, { as, body, headers: any }),
    soft: (limit) =>
      desk.allocate({ model: 'ALLOCATED', allocations: { DEVICE: { limit, enforcement: 'SOFT' } } }),
    settings: (body) => call(`PUT ${path('/notification-settings')}`, { as, body, headers: any }),
    use: async (target) => {
      while (managed.length !== target) {
        const by = Math.max(-60, Math.min(60, target - managed.length));
        if (by > 0) managed.push(...(await desk.add(by)).body.items.map((one: { id: string }) => one.id));
        else await desk.unmanage(managed.splice(by));
      }
    },
    notices: () => noticesOf(id),
  };
  return desk;
}

export async function setPool(msp: Msp, type: ResourceType, licensed: number): Promise<Answer> {
  return call(`PUT /v1/licence-pool/${type}`, { as: msp.catalog, body: { licensed }, headers: any });
}

/** Sends again, as a client may, what was answered with a retryable refusal. */
export async function persist(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send();
    if (answer.body?.code !== 'request.contended') return answer;
  }
}

/** Events that the receipts of a node announced, oldest first. */
export async function announcedBy(nodeId: string): Promise<Envelope<Record<string, unknown>>[]> {
  const out: Envelope<Record<string, unknown>>[] = [];
  for await (const item of each({ partition: partition(nodeId, 'AUDIT'), limit: 100, consistent: true })) {
    out.push(...(envelopesOf(item) as typeof out));
  }
  return out.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

export async function noticesOf(customerId: string): Promise<string[]> {
  const words: Record<string, string> = {
    'licensing.allocation_threshold.v1': 'fired',
    'licensing.allocation_recovered.v1': 'recovered',
  };
  return (await announcedBy(customerId)).flatMap(({ type, data }) => {
    const thresholds = (data.thresholds ?? []) as { id: string }[];
    return words[type] ? [[words[type], ...thresholds.map((one) => one.id)].join(' ')] : [];
  });
}

/** Differences between a provider's pools and what its customers' meters say; empty when invariant 3 holds. */
export async function poolBreaches(providerId: string, customerIds: readonly string[]): Promise<string[]> {
  const breaches: string[] = [];
  for (const type of resourceTypes) {
    const meters = await Promise.all(customerIds.map((id) => get(meterKey(id, type), true)));
    const pool = await get(meterKey(providerId, type), true);
    const [licensed, free] = [Number(pool?.licensed ?? 0), Number(pool?.free ?? 0)];
    const taken = meters.reduce((sum, meter) => {
      const limit = (meter?.limit ?? null) as number | null;
      return sum + Math.max(limit ?? 0, Number(meter?.used ?? 0));
    }, 0);
    if (taken !== licensed - free || free < 0)
      breaches.push(`${type}: ${taken} taken, ${licensed} − ${free}`);
  }
  return breaches;
}

/** Ids of the customer's items of a type that are managed, as stored. */
export async function managedItems(customerId: string, type: ResourceType): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of each({
    partition: partition(customerId, 'ITEM'),
    limit: 100,
    consistent: true,
  })) {
    if (item.type === type && item.state === 'MANAGED') ids.push(String(item.id));
  }
  return ids;
}
