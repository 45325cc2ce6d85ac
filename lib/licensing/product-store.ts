import { get, getAll, page } from '../aws/db.ts';
import { licenceKeyKey, namePartition, partition, productCountKey, productKey } from '../kit/keys.ts';
import { foldName } from '../kit/text.ts';
import { type LicenceKey, toLicenceKey } from './licence-key.ts';
import { type Product, toProduct } from './product.ts';

/** A page of the provider's products by name. */
export function productsByName(
  providerId: string,
  query: { limit: number; q?: string | undefined },
  after: string | undefined,
) {
  const partition = namePartition(providerId, 'PRODUCT');
  return page({ index: 'names', partition, prefix: foldName(query.q ?? ''), limit: query.limit, after });
}

export async function productOf(providerId: string, productId: string): Promise<Product | undefined> {
  const item = await get(productKey(providerId, productId), true);
  return item && toProduct(item);
}

/** How many products a provider has, as stored. */
export const productCountOf = (providerId: string) => get(productCountKey(providerId), true);

export async function licenceKeyOf(providerId: string, keyId: string): Promise<LicenceKey | undefined> {
  const [item] = await getAll([licenceKeyKey(providerId, keyId)], true);
  return item && toLicenceKey(item);
}

/** A page of the keys that a provider made and did not take back, the newest first. */
export async function licenceKeyPage(providerId: string, limit: number, after: string | undefined) {
  const range = { partition: partition(providerId, 'LICENCE_KEY'), backwards: true, consistent: true };
  const { items, next } = await page({ ...range, limit, after });
  return { keys: items.map(toLicenceKey), next };
}

/** Products of a provider in the order of `ids`. */
export async function productsOf(
  providerId: string,
  ids: readonly string[],
): Promise<(Product | undefined)[]> {
  const found = await getAll(
    ids.map((one) => productKey(providerId, one)),
    true,
  );
  return found.map((item) => item && toProduct(item));
}
