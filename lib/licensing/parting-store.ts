import * as z from 'zod';
import { each, getAll } from '../aws/db.ts';
import { profilesOf } from '../aws/vouch.ts';
import { linesOf, reachingBy, reachingFormer } from '../aws/vouch-rows.ts';
import { licenceKeyKey, partition, productCountKey, productKey } from '../kit/keys.ts';
import { pageTags } from '../kit/reach.ts';
import type { Node } from '../kit/scope.ts';
import { providerOf } from '../kit/scope.ts';
import { readKey, toLicenceKey } from './licence-key.ts';
import type { Licences } from './parting.ts';
import { type Product, toProduct } from './product.ts';
import type { Partner } from './purchaser.ts';
import { groundOf, partnerOf, seatMetersOf } from './seat-store.ts';
import type { Ground } from './subscribe.ts';
import { toSubscription } from './subscription.ts';

const profile = z.object({ timeZone: z.string().nullable().catch(null) });

/** Everything that `part` decides from. */
export async function licencesOf(node: Node, now: string): Promise<Licences> {
  const { id } = node;
  const [meters, subscriptions, own, [count]] = await Promise.all([
    seatMetersOf(id, now),
    all(partition(id, 'SUBSCRIPTION'), toSubscription),
    all(partition(id, 'PRODUCT'), toProduct),
    getAll([productCountKey(id)], true),
  ]);
  const named = [...new Set([...meters, ...subscriptions].map(({ productId }) => productId))];
  const found = await getAll(
    named.map((one) => productKey(providerOf(node), one)),
    true,
  );
  return {
    subscriptions,
    meters,
    products: found.flatMap((item): Product[] => (item ? [toProduct(item)] : [])),
    own: { products: own, count },
    providerId: providerOf(node),
    timeZone: profile.parse(node.item).timeZone ?? 'UTC',
  };
}

/** What a customer that stands by itself buys from: its own list; keys are those of who listed the product first. */
export async function ownGroundOf(asked: Parameters<typeof groundOf>[0]): Promise<Ground> {
  const ground = await groundOf(asked);
  const { product, customerId } = ground;
  const named = asked.licenceKey === undefined ? undefined : readKey(asked.licenceKey);
  if (!named || !product) return ground;
  const [copy] = await getAll([productKey(customerId, product.id)], true);
  const origin = String(copy?.origin ?? '-');
  const ask = () => getAll([licenceKeyKey(origin, named.keyId)], true);
  const [key] = copy?.origin ? await reachingBy(copy, [origin], ask) : [];
  return { ...ground, providerId: origin, licenceKey: key && toLicenceKey(key) };
}

/** Who these organizations are, with everybody above them, as far as people of a customer are compared with them. */
export async function partnersOf(
  {
    ids,
    rows,
  }: { readonly ids: readonly string[]; readonly rows: readonly Readonly<Record<string, unknown>>[] },
  { id, item }: Node,
): Promise<Partner> {
  const found = (await profilesOf(ids, false)).filter((one) => one !== undefined);
  const all = turnsOf(found).map((some) =>
    reachingFormer(rows, some, (line) => partnerOf({ path: ['', ...line, id], item })),
  );
  const partners = await Promise.all(all);
  return {
    names: partners.flatMap(({ names }) => names),
    addresses: partners.flatMap(({ addresses }) => addresses),
    domains: partners.flatMap(({ domains }) => domains),
  };
}

// A line has nine nodes at most: two fit into one session, more where they share theirs.
function turnsOf(found: readonly Readonly<Record<string, unknown>>[]) {
  const turns: (typeof found)[number][][] = [[]];
  const seen = new Set<string>();
  for (const one of found) {
    const line = linesOf([one]);
    if (new Set([...seen, ...line]).size > pageTags.length) {
      turns.push([]);
      seen.clear();
    }
    for (const each of line) seen.add(each);
    turns.at(-1)?.push(one);
  }
  return turns;
}

/** Who looks after a customer, by name. */
export async function partnerNameOf({ path }: Node): Promise<string> {
  const [parent] = await profilesOf([path.at(-2) ?? ''], false);
  return String(parent?.name ?? '');
}

async function all<T>(place: string, read: (item: Readonly<Record<string, unknown>>) => T): Promise<T[]> {
  const out: T[] = [];
  for await (const item of each({ partition: place, limit: 100, consistent: true })) out.push(read(item));
  return out;
}
