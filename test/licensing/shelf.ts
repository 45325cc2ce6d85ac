import { randomUUID } from 'node:crypto';
import { commit } from '../../lib/aws/db.ts';
import { newId } from '../../lib/aws/world.ts';
import type { Plan } from '../../lib/kit/plan.ts';
import { knownByNothing } from '../../lib/licensing/known-by.ts';
import type { Product } from '../../lib/licensing/product.ts';
import { type SeatMeter, toSeatMeter } from '../../lib/licensing/seat-meter.ts';
import { type Ground, type NewSubscription, subscribe } from '../../lib/licensing/subscribe.ts';
import type { SubscriptionView } from '../../lib/licensing/subscription.ts';
import { type Answer, type Caller, call, type Msp } from '../kit/world.ts';
import { announcedBy } from './desk.ts';

export const any = { 'if-match': '*' };
export const buyer = { company: 'Contoso', email: 'it@contoso.example' };

let made = 0;

/** A product of the provider, made over the API. */
export async function stockProduct(msp: Msp, more: Record<string, unknown> = {}): Promise<Product> {
  const code = `P${randomUUID().slice(0, 6).toUpperCase()}${made++}`;
  const { status, body, headers } = await call('POST /v1/products', {
    as: msp.catalog,
    body: { code, name: `Product ${code}`, ...more },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { ...body, version: Number(headers.etag?.replaceAll('"', '')) };
}

/** A customer's licences and seats of one product, over the API. */
export function shelf(msp: Msp, customerId: string, product: { id: string }, as: Caller = msp.catalog) {
  const path = `/v1/customers/${customerId}`;
  const seats = `${path}/products/${product.id}/seats`;
  const refs: string[] = [];
  const self = {
    path,
    seats,
    give: (body: Record<string, unknown>, query = ''): Promise<Answer> =>
      call(`POST ${path}/subscriptions${query}`, {
        as,
        body: body.source === 'LICENCE_KEY' ? body : { productId: product.id, ...body },
      }),
    buy: (count: number, more: Record<string, unknown> = {}) =>
      self.give({ source: 'PURCHASE', seats: count, termDays: 365, purchaser: buyer, ...more }),
    renew: (id: string, body: Record<string, unknown>, query = '') =>
      call(`POST ${path}/subscriptions/${id}/renew${query}`, { as, body }),
    remove: (id: string, query = '') =>
      call(`DELETE ${path}/subscriptions/${id}${query}`, { as, headers: any }),
    take: (machineRef: string, query = '') => call(`POST ${seats}${query}`, { as, body: { machineRef } }),
    free: (machineRef: string) => call(`DELETE ${seats}/${machineRef}`, { as }),
    /** Brings the seats taken to `target`, one by one. */
    use: async (target: number) => {
      while (refs.length !== target) {
        const last = refs.at(-1) ?? '';
        const answer = refs.length < target ? await self.take(`host-${refs.length}`) : await self.free(last);
        if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
        if (refs.length < target) refs.push(`host-${refs.length}`);
        else refs.pop();
      }
    },
    holding: async () =>
      (await call(`GET ${path}/products`, { as: msp.reader })).body.items.find(
        (one: { productId: string }) => one.productId === product.id,
      ),
    notices: () => seatNotices(customerId),
  };
  return self;
}

const words: Readonly<Record<string, string>> = {
  'licensing.seat_threshold.v1': 'fired',
  'licensing.seat_recovered.v1': 'recovered',
};

/** Band notices announced so far: `fired 80 100`, `recovered 80`. */
export async function seatNotices(customerId: string): Promise<string[]> {
  return (await announcedBy(customerId)).flatMap(({ type, data }) => {
    const thresholds = (data.thresholds ?? []) as { id: string }[];
    return words[type] ? [[words[type], ...thresholds.map((one) => one.id)].join(' ')] : [];
  });
}

/** Everything else that was announced of licences and seats, as `type` and what of it matters. */
export async function toldOf(customerId: string): Promise<string[]> {
  return (await announcedBy(customerId)).flatMap(({ type, data }) => {
    const name = /^licensing\.(subscription_\w+|seats_\w+)\.v1$/.exec(type)?.[1];
    const facts = [
      data.change,
      data.withinDays,
      data.since === null ? 'ended' : undefined,
      data.reminder,
      data.month,
    ];
    return name ? [[name, ...facts.filter((one) => one !== undefined)].join(' ')] : [];
  });
}

/** A licence planted at a moment of the past, by the decision that would have given it then. */
export async function plantLicence(
  of: { customerId: string; providerId: string; timeZone?: string },
  product: Product,
  given: { command: NewSubscription; at: string; meter?: SeatMeter },
): Promise<{ meter: SeatMeter; subscription: SubscriptionView }> {
  const { customerId, providerId, timeZone = 'UTC' } = of;
  const ids = { customerId, productId: product.id };
  const ground: Ground = {
    ...{ customerId, providerId, timeZone, knownBy: knownByNothing, product, licenceKey: undefined },
    meter: given.meter ?? toSeatMeter(undefined, { ...ids, now: given.at }),
    partner: { names: [], addresses: [], domains: [] },
  };
  const id = newId('subscription', Date.parse(given.at));
  const plan = subscribe(ground, given.command, { id, now: given.at });
  await put(plan);
  return { meter: meterIn(plan, ids), subscription: plan.reply.body as SubscriptionView };
}

/** What a plan leaves of the meter. */
export function meterIn(
  plan: Pick<Plan, 'writes'>,
  of: { customerId: string; productId: string },
): SeatMeter {
  const [item] = plan.writes.flatMap((write) =>
    (write.do === 'create' || write.do === 'replace') && write.item.kind === 'seatMeter' ? [write.item] : [],
  );
  return toSeatMeter(item, { ...of, now: '' });
}

export const put = (plan: Pick<Plan, 'writes'>) => commit(plan.writes, randomUUID(), Date.now() + 5000);
