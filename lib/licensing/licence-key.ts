import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { digest } from '../kit/digest.ts';
import { idPattern } from '../kit/id.ts';
import { licenceKeyKey } from '../kit/keys.ts';
import { type Item, type Plan, refuse, type Write } from '../kit/plan.ts';
import { Problem } from '../kit/problem.ts';
import { id, whole } from '../kit/text.ts';
import { keyExpired, keyUnknown, keyUsed, productRetired } from './problems.ts';
import { type Product, seats } from './product.ts';
import { dayMs, mostDays } from './term.ts';

/** A key that a customer may redeem once for a licence. */
export const licenceKey = z.strictObject({
  id: z.string().describe('`lky_…`'),
  productId: z.string(),
  seats: z.number(),
  days: z.number(),
  expiresAt: z.string().describe('Until when it may be redeemed'),
  createdAt: z.string(),
});
/** The same once it was made: never the key itself. */
export const licenceKeyListed = licenceKey.extend({
  state: z
    .enum(['OPEN', 'REDEEMED', 'EXPIRED'])
    .describe('By the clock at the time of reading; EXPIRED: nobody redeemed it in time'),
  customerId: z.string().nullable().describe('Whom it was redeemed for'),
  subscriptionId: z.string().nullable().describe('The licence that it was redeemed for'),
});
export type LicenceKeyView = z.infer<typeof licenceKeyListed>;
export const licenceKeyShown = licenceKey.extend({
  key: z.string().optional().describe('Shown once; absent when the same request is sent again'),
});

export const newLicenceKey = z.strictObject({
  productId: id('product'),
  seats,
  days: whole(1, mostDays).describe('Whole days after the day on which it is redeemed'),
  validDays: whole(1, 730).default(90).describe('From now on; then it can no longer be redeemed'),
});

const stored = licenceKey
  .extend({
    hash: z.string(),
    usedBy: z.string().nullable(),
    usedFor: z.string().nullable().default(null),
    version: z.number(),
  })
  .strip();
export type LicenceKey = z.infer<typeof stored>;
export const toLicenceKey = (item: Readonly<Record<string, unknown>>): LicenceKey => stored.parse(item);

export function viewLicenceKey(one: LicenceKey, now: string): LicenceKeyView {
  const { hash: _, version: __, usedBy: subscriptionId, usedFor: customerId, ...rest } = one;
  const open = one.expiresAt > now ? ('OPEN' as const) : ('EXPIRED' as const);
  return { ...rest, state: subscriptionId === null ? open : 'REDEEMED', customerId, subscriptionId };
}

/** A key says which product it is for and where it stands; `secret` (32 random bytes) makes it right. */
const keyText = (productId: string, keyId: string, secret: string) => `qlk.${productId}.${keyId}.${secret}`;
const hashOf = (key: string): string => digest('licence key', key);

export const keyPattern = /^qlk\.prd_[0-9A-Z]{26}\.lky_[0-9A-Z]{26}\.[\w-]{43}$/;

/** Where a key says that it belongs; undefined where it is no such key at all. */
export function readKey(key: string): { productId: string; keyId: string } | undefined {
  const [, productId = '', keyId = ''] = key.split('.');
  const shaped =
    keyPattern.test(key) && idPattern('product').test(productId) && idPattern('licenceKey').test(keyId);
  return shaped ? { productId, keyId } : undefined;
}

function toItem(providerId: string, key: LicenceKey): Item & { version: number } {
  return { ...licenceKeyKey(providerId, key.id), kind: 'licenceKey', ...key };
}

/** Makes a key of a product; only its hash is kept. */
export function makeKey(
  command: z.output<typeof newLicenceKey>,
  product: Product,
  made: { providerId: string; id: string; now: string; secret: string },
): Plan<z.infer<typeof licenceKeyShown>> {
  if (product.state === 'RETIRED') refuse(productRetired);
  const { seats, days, validDays } = command;
  const view = {
    ...{ id: made.id, productId: product.id, seats, days },
    expiresAt: new Date(Date.parse(made.now) + validDays * dayMs).toISOString(),
    createdAt: made.now,
  };
  const key = keyText(product.id, made.id, made.secret);
  const kept: LicenceKey = { ...view, hash: hashOf(key), usedBy: null, usedFor: null, version: 1 };
  return {
    writes: [{ do: 'create', item: toItem(made.providerId, kept) }],
    receipt: { action: 'licence_keys.create', subject: made.id, after: view },
    reply: { body: { ...view, key }, kept: view, version: 1 },
  };
}

/** The key behind a text that was given, where it may be redeemed now. Takes the same time whatever is kept. */
export function mustRedeem(
  given: string,
  found: LicenceKey | undefined,
  at: { now: string; pointer: string },
): LicenceKey {
  const hash = hashOf(given);
  const same = timingSafeEqual(Buffer.from(hash), Buffer.from(found?.hash ?? hash));
  if (!found || !same)
    throw new Problem(keyUnknown, undefined, {
      errors: [{ pointer: at.pointer, message: 'is not a licence key' }],
    });
  if (found.usedBy !== null) refuse(keyUsed);
  if (found.expiresAt <= at.now) refuse(keyExpired, undefined, { expiresAt: found.expiresAt });
  return found;
}

/** Of two who redeem it at once, one is first. */
export const redeemWrite = (
  providerId: string,
  key: LicenceKey,
  by: { customerId: string; subscriptionId: string },
): Write => ({
  do: 'replace',
  version: key.version,
  item: toItem(providerId, {
    ...key,
    usedBy: by.subscriptionId,
    usedFor: by.customerId,
    version: key.version + 1,
  }),
});

/** Takes back a key that nobody has redeemed. */
export function revokeKey(providerId: string, key: LicenceKey): Plan {
  if (key.usedBy !== null) refuse(keyUsed);
  const { id, productId, seats, days } = key;
  return {
    writes: [{ do: 'remove', key: licenceKeyKey(providerId, id), version: key.version }],
    receipt: { action: 'licence_keys.revoke', subject: id, before: { productId, seats, days } },
    reply: { status: 204 },
  };
}
